using System.Runtime.CompilerServices;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Scheduler;

/// <summary>A scheduler whose schedules fire into two queues on two servers, each of them every second.</summary>
[Category("Integration")]
[CancelAfter(90_000)]
internal sealed class SeveralQueuesTests
{
    private const string Reports = "reports";
    private const string Here = "count_sheep";
    private const string There = "count_reports";

    private TestQueue _queue = null!; // made by SetUp
    private OwnRedis _second = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _second = await TestServices.StartRedisProcessAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _second.DisposeAsync();
        await _queue.DisposeAsync();
    }

    [Test]
    public async Task One_server_that_stands_still_keeps_the_other_s_schedules_from_nothing()
    {
        await using var scheduler = await StartAsync();
        await using var second = await ConnectionMultiplexer.ConnectAsync(_second.ConnectionString);
        await UntilAsync(async () => await _queue.ReadyAsync() > 0 && await second.GetDatabase().ListLengthAsync(Reports) > 0);
        Assert.That(await second.GetDatabase().HashExistsAsync("{reports}:schedules", There), Is.True, "the ledger is where it fires");
        Assert.That(await _queue.Queue.HashExistsAsync(_queue.Keys.Schedules, There), Is.False);
        Assert.That((await scheduler.HealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy));

        await _second.FreezeAsync();
        var frozenAt = DateTimeOffset.UtcNow;
        var health = default(HealthReportEntry);
        await UntilAsync(async () => (health = await scheduler.HealthAsync()).Status == HealthStatus.Degraded);
        var instants = Fired(scheduler, Here).Where(instant => instant > frozenAt).ToList();
        await _second.ThawAsync();

        Assert.That(health.Description, Does.Contain("nothing fires into reports").And.Not.Contain($"into {_queue.Options.Name}"));
        Assert.That(instants, Has.Count.GreaterThanOrEqualTo(5), "it takes nine seconds until Redis counts as silent");
        Assert.That(instants, Is.EqualTo(Enumerable.Range(0, instants.Count).Select(i => instants[0].AddSeconds(i))), "none is missing");

        var before = Fired(scheduler, There).Count();
        await UntilAsync(() => Task.FromResult(Fired(scheduler, There).Count() >= before + 2));
        Assert.That(Fired(scheduler, There), Is.Unique);
    }

    [Test]
    public async Task A_server_that_is_away_at_the_start_keeps_the_other_s_schedules_from_nothing()
    {
        await _second.StopAsync();

        await using var scheduler = await StartAsync();
        await UntilAsync(async () => await _queue.ReadyAsync() >= 2);
        Assert.That(Fired(scheduler, There), Is.Empty);

        await _second.StartAsync();
        await UntilAsync(() => Task.FromResult(Fired(scheduler, There).Any()));
    }

    [Test]
    public async Task Schedules_of_all_queues_are_listed_and_each_is_paused_where_it_is()
    {
        await using var scheduler = await StartAsync();
        await using var second = await ConnectionMultiplexer.ConnectAsync(_second.ConnectionString);
        await UntilAsync(() => Task.FromResult(Fired(scheduler, Here).Any() && Fired(scheduler, There).Any()));
        var control = scheduler.Services.GetRequiredService<IScheduleControl>();

        var all = await control.ListAsync(CancellationToken.None);
        var since = await control.PauseAsync(There, CancellationToken.None);

        Assert.That(all.Select(status => (status.Id, status.Queue)), Is.EqualTo(new[] { (There, Reports), (Here, _queue.Options.Name) }));
        Assert.That((long)await second.GetDatabase().HashGetAsync("{reports}:paused", There), Is.EqualTo(since.ToUnixTimeMilliseconds()));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.PausedSchedules), Is.False);
        Assert.That((await control.InQueue(Reports).ListAsync(CancellationToken.None)).Single().PausedSince, Is.EqualTo(since));
        Assert.That(await control.ResumeAsync(There, CancellationToken.None), Is.True);
        await Assert.ThatAsync(
            () => control.PauseAsync("count_nothing", CancellationToken.None),
            Throws.InstanceOf<UnknownScheduleException>().With.Message.Contains("count_reports, count_sheep"));

        await _second.FreezeAsync();
        Assert.That(await control.PauseAsync(Here, CancellationToken.None), Is.GreaterThan(since), "the other queue's Redis is not needed");
        await Assert.ThatAsync(
            () => control.PauseAsync(There, CancellationToken.None),
            Throws.Exception.Not.InstanceOf<UnknownScheduleException>(), "whether there is such a schedule is not known");
        await _second.ThawAsync();
    }

    private Task<SchedulerInProcess> StartAsync() => SchedulerInProcess.StartAsync(
        [typeof(CountSheep), typeof(CountReports)],
        ("DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/none"), ("REDIS_URL", _queue.Server), ("JOBS_QUEUE_NAME", _queue.Options.Name), ("JOBS_QUEUE_URLS", $"{Reports}=redis://{_second.ConnectionString}/0"));

    private static Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.HoldsAsync(condition, what, TimeSpan.FromSeconds(30));

    private static IEnumerable<DateTimeOffset> Fired(SchedulerInProcess scheduler, string schedule) => scheduler.Lines
        .Select(line => JsonElement.Parse(line))
        .Where(line => line.GetProperty("event").GetString() == "schedule_fired" && line.GetProperty("schedule").GetString() == schedule)
        .Select(line => line.GetProperty("instant").GetDateTimeOffset());

    private abstract class Job : IJobHandler
    {
        public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) => throw new NotSupportedException("A scheduler runs no job.");
    }

    [Job(Here, Category = "farm", Schedule = "* * * * * *")]
    private sealed class CountSheep : Job;

    [Job(There, Category = "farm", Schedule = "* * * * * *", Queue = Reports)]
    private sealed class CountReports : Job;
}
