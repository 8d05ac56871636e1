using System.Text;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Middlewares;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A user's middleware in a whole worker.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
internal sealed class MiddlewareTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task It_sees_a_run_once_whose_handler_blocks_its_thread_until_it_is_abandoned()
    {
        var seen = new Seen();
        using var release = new ManualResetEventSlim();
        await using var worker = await WorkerInProcess.StartAsync(
            services => services
                .AddSingleton(seen).AddSingleton(release).AddJobMiddleware<Witness>()
                .Replace(ServiceDescriptor.Singleton(provider => new JobCatalog(
                    [typeof(BlockThread)], provider.GetRequiredService<IConfiguration>(),
                    provider.GetRequiredService<ILogger<JobCatalog>>()))),
            WorkerSettings.On(_queue, more: ("WORKER_CANCEL_GRACE_SECONDS", "0.1")));

        await _queue.PushAsync(Encoding.UTF8.GetBytes(
            """{"task_id": "blocks", "task_name": "block_thread", "labels": {"timeout": 0.2}, "args": [], "kwargs": {}}"""));
        await worker.UntilLoggedAsync("job_failed");
        Assert.That((seen.Begun.Count, seen.Ended.Count), Is.EqualTo((1, 0)), "the handler still blocks");
        release.Set();
        await worker.UntilLoggedAsync("handler_returned");

        Assert.That(seen.Begun, Is.EqualTo(new[] { "blocks" }));
        Assert.That(seen.Ended, Is.EqualTo(new[] { "returned" }));
        Assert.That((worker.Count("job_started"), worker.Count("handler_abandoned"), worker.Count("job_failed")), Is.EqualTo((1, 1, 1)));
    }

    [Job("block_thread", Category = "test", RetryOnError = false)]
    private sealed class BlockThread(ManualResetEventSlim release) : IJobHandler
    {
        public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
        {
            release.Wait(CancellationToken.None);
            return Task.FromResult(new JobSummary(1, 1, 0));
        }
    }
}
