using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Catalog;

[Category("Unit")]
internal sealed class UndocumentedJobsTests
{
    [Test]
    public async Task In_Development_a_job_without_a_doc_comment_is_named_with_an_example()
    {
        using var log = await StartAsync(Environments.Development, typeof(RunUndocumented));

        var line = log.Single();
        Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("job_undocumented"));
        Assert.That(
            line.GetProperty("message").GetString(),
            Does.Contain($"{nameof(RunUndocumented)} lacks in its doc comment: a <summary>").And.Contain("/// Schedule: hourly."));
    }

    [Test]
    public async Task Elsewhere_nobody_is_told_who_cannot_mend_it()
    {
        using var log = await StartAsync(Environments.Production, typeof(RunUndocumented));

        Assert.That(log.Lines, Is.Empty);
    }

    [Test]
    public async Task Of_the_jobs_of_this_service_none_is_named()
    {
        using var log = await StartAsync(Environments.Development, typeof(JobCatalog).Assembly.GetTypes());

        Assert.That(log.Lines, Is.Empty);
    }

    private static async Task<LogLines> StartAsync(string environment, params Type[] jobs)
    {
        var log = new LogLines();
        var host = Substitute.For<IHostEnvironment>();
        host.EnvironmentName.Returns(environment);
        var catalog = new JobCatalog(jobs, new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        await new UndocumentedJobs(catalog, host, log.Factory.CreateLogger<UndocumentedJobs>()).StartAsync(CancellationToken.None);
        return log;
    }

    [Job("run_undocumented", Category = "test")]
    private sealed class RunUndocumented : IJobHandler
    {
        public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(new JobSummary(0, 0, 0));
    }
}
