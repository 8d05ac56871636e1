using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Catalog;

/// <summary>The two names of a job: ours, and the one under which the Python service registers it.</summary>
[Category("Unit")]
internal sealed class JobCatalogTests
{
    [TestCase(null, "DASHTAM_API_URL, DASHTAM_API_SECRET_KEY")]
    [TestCase("https://api.example", "DASHTAM_API_SECRET_KEY")]
    public void A_job_that_is_not_offered_names_the_settings_that_are_missing(string? url, string missing)
    {
        using var log = new LogLines();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DASHTAM_API_URL"] = url };

        _ = new JobCatalog(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), log.Factory.CreateLogger<JobCatalog>());

        Assert.That(
            log.Single().GetProperty("message").GetString(),
            Is.EqualTo($"Job sync_accounts does not run here, because these settings are not set: {missing}. Set them and restart to run the job"));
    }

    [TestCase("count_sheep")]
    [TestCase("farm.jobs:count_all_sheep")]
    [TestCase("dashtam_jobs.tasks.farm:count_sheep")]
    public void A_job_is_found_by_its_own_name_and_by_Python_s(string name) =>
        Assert.That(Catalog(typeof(CountSheep)).Find(name)?.HandlerType, Is.EqualTo(typeof(CountSheep)));

    [TestCase("count_all_sheep")]
    [TestCase("other.jobs:count_all_sheep")]
    [TestCase("farm.jobs:count_sheep")]
    [TestCase("farm.jobs:COUNT_ALL_SHEEP")]
    public void A_name_that_is_neither_is_not_known(string name) => Assert.That(Catalog(typeof(CountSheep)).Find(name), Is.Null);

    [TestCase("count_sheeps", "count_sheep")]
    [TestCase("Count_Sheep", "count_sheep")]
    [TestCase("count-goats", "count_goats")]
    [TestCase("other.jobs:count_goats", "count_goats")]
    [TestCase("count_cattle", null)]
    [TestCase("", null)]
    public void Of_a_misspelt_name_the_nearest_one_is_found(string name, string? nearest) =>
        Assert.That(Catalog(typeof(CountSheep), typeof(CountGoats)).Nearest(name), Is.EqualTo(nearest));

    [Test]
    public void A_name_of_megabytes_is_compared_with_none() =>
        Assert.That(Catalog(typeof(CountSheep)).Nearest(new string('x', 10_000_000)), Is.Null);

    [Test]
    public void Where_there_is_no_job_none_is_meant() => Assert.That(Catalog().Nearest("count_sheep"), Is.Null);

    [Test]
    public void An_envelope_of_ours_carries_Python_s_name_where_there_is_one()
    {
        var catalog = Catalog(typeof(CountSheep), typeof(CountGoats));

        Assert.That(catalog.Find("count_sheep")!.WireName, Is.EqualTo("farm.jobs:count_all_sheep"));
        Assert.That(catalog.Find("count_goats")!.WireName, Is.EqualTo("count_goats"));
    }

    [Test]
    public void Two_jobs_of_one_Python_name_are_refused() => Assert.That(
        () => Catalog(typeof(CountSheep), typeof(CountSheepToo)),
        Throws.InvalidOperationException.With.Message.Contains("farm.jobs:count_all_sheep")
            .And.Message.Contains(nameof(CountSheep)).And.Message.Contains(nameof(CountSheepToo)));

    [Test]
    public void A_Python_name_that_workers_of_before_take_for_another_job_is_refused() => Assert.That(
        () => Catalog(typeof(CountGoats), typeof(CountTheGoatsOfAnother)),
        Throws.InvalidOperationException.With.Message.Contains("dashtam_jobs.tasks.farm:count_goats")
            .And.Message.Contains("count_goats'"));

    [TestCase(typeof(NoModule))]
    [TestCase(typeof(NoFunction))]
    [TestCase(typeof(Spaced))]
    [TestCase(typeof(TwoColons))]
    [TestCase(typeof(EndsWithLineFeed))]
    [TestCase(typeof(Empty))]
    public void A_Python_name_that_is_not_module_and_function_is_refused(Type job) => Assert.That(
        () => Catalog(job),
        Throws.InvalidOperationException.With.Message.Contains("PythonName").And.Message.Contains("module:function"));

    [Test]
    public void A_job_s_schedule_fires_into_the_queue_that_it_declares() =>
        Assert.That(Catalog(typeof(CountHens)).Schedules.Single().Queue, Is.EqualTo("barn"));

    [Test]
    public void A_queue_that_may_not_be_called_so_is_refused_with_the_job_s_name() => Assert.That(
        () => Catalog(typeof(BadQueue)),
        Throws.InvalidOperationException.With.Message.Contains("'count_none'").And.Message.Contains("'{barn}'")
            .And.Message.Contains(QueueName.Rule));

    [Test]
    public void A_queue_without_a_schedule_is_refused() => Assert.That(
        () => Catalog(typeof(QueueWithoutSchedule)), Throws.InvalidOperationException.With.Message.Contains("there is no Schedule"));

    private static JobCatalog Catalog(params Type[] jobs) =>
        new(jobs, new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);

    private abstract class Job : IJobHandler
    {
        public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(new JobSummary(Checked: 0, Processed: 0, Errors: 0));
    }

    [Job("count_sheep", Category = "farm", PythonName = "farm.jobs:count_all_sheep")]
    private sealed class CountSheep : Job;

    [Job("count_hens", Category = "farm", Schedule = "* * * * *", Queue = "barn")]
    private sealed class CountHens : Job;

    [Job("count_none", Category = "farm", Schedule = "* * * * *", Queue = "{barn}")]
    private sealed class BadQueue : Job;

    [Job("count_none", Category = "farm", Queue = "barn")]
    private sealed class QueueWithoutSchedule : Job;

    [Job("count_sheep_too", Category = "farm", PythonName = "farm.jobs:count_all_sheep")]
    private sealed class CountSheepToo : Job;

    [Job("count_goats", Category = "farm")]
    private sealed class CountGoats : Job;

    [Job("count_other_goats", Category = "farm", PythonName = "dashtam_jobs.tasks.farm:count_goats")]
    private sealed class CountTheGoatsOfAnother : Job;

    [Job("count_none", Category = "farm", PythonName = "count_none")]
    private sealed class NoModule : Job;

    [Job("count_none", Category = "farm", PythonName = "farm.jobs:")]
    private sealed class NoFunction : Job;

    [Job("count_none", Category = "farm", PythonName = "farm.jobs: count_none")]
    private sealed class Spaced : Job;

    [Job("count_none", Category = "farm", PythonName = "farm:jobs:count_none")]
    private sealed class TwoColons : Job;

    [Job("count_none", Category = "farm", PythonName = "farm:count_none\n")]
    private sealed class EndsWithLineFeed : Job;

    [Job("count_none", Category = "farm", PythonName = "")]
    private sealed class Empty : Job;
}
