#if EMBEDDED_REDIS
using System.Globalization;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A run on a laptop: no Redis, no database, no settings but ports, so that it does not meet another one.</summary>
[Category("Integration")]
[CancelAfter(180_000)]
internal sealed class LocalRunTests
{
    private readonly int _redisPort = LocalCommand.FreePort();
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("dashtam-local-");

    [TearDown]
    public void TearDown() => _temporary.Delete(recursive: true);

    [Test]
    public async Task A_scheduler_and_a_worker_show_a_summary_of_each_scheduled_job_and_end_at_Ctrl_C()
    {
        await using var scheduler = ServiceProcess.Scheduler(Settings);
        await scheduler.UntilLoggedAsync("local_run_ready");
        await using var worker = ServiceProcess.Worker(Settings);

        await AssertSummariesAsync(worker);
        Assert.That(await worker.ReadinessAsync(), Is.EqualTo(200));
        Assert.That(await scheduler.ReadinessAsync(), Is.EqualTo(200));
        Assert.That(await worker.InterruptAsync(), Is.Zero, string.Join('\n', worker.Lines));
        Assert.That(await scheduler.InterruptAsync(), Is.Zero, string.Join('\n', scheduler.Lines));

        AssertNothingIsLeft(worker.HttpPort, scheduler.HttpPort);
    }

    [TestCase("TERM")]
    [TestCase("HUP")]
    public async Task The_script_of_make_run_starts_both_and_stops_both(string signal)
    {
        await using var both = ServiceProcess.LocalRun(Settings);

        await AssertSummariesAsync(both);
        await both.SignalAsync(signal);
        Assert.That(await both.ExitAsync(), Is.Zero, string.Join('\n', both.Lines));

        Assert.That(both.Count("worker_departed"), Is.EqualTo(1), "it could still say goodbye to the scheduler's Redis");
        Assert.That(both.Count("process_stopped"), Is.EqualTo(2));
        AssertNothingIsLeft(both.HttpPort);
    }

    [Test]
    public async Task The_script_of_make_run_ends_with_the_scheduler_that_cannot_start_and_says_so()
    {
        await using var both = ServiceProcess.LocalRun([.. Settings, ("TOKEN_CHECK_CRON", "nonsense")]);

        Assert.That(await both.ExitAsync(), Is.Not.Zero);

        await both.UntilAsync(
            () => Task.FromResult(both.Lines.Any(line => line.StartsWith("run-local: one of the two", StringComparison.Ordinal))),
            "what ended it");
        Assert.That(both.Lines, Has.Some.Contains("TOKEN_CHECK_CRON"));
        AssertNothingIsLeft(both.HttpPort);
    }

    [Test]
    public async Task Retries_fires_that_coincide_dead_letters_recovery_and_stops_work_as_on_a_real_Redis()
    {
        await using var scheduler = ServiceProcess.Scheduler(
            [.. Settings, ("TOKEN_CHECK_CRON", "*/2 * * * * *"), ("SESSION_CHECK_CRON", "*/2 * * * * *")]);
        await scheduler.UntilLoggedAsync("local_run_ready");
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redisPort}");
        var redis = connection.GetDatabase();
        (string, string)[] hasty = [.. Settings, ("WORKER_LEASE_SECONDS", "5"), ("JOBS_RETRY_BASE_SECONDS", "0.1")];
        await using var worker = ServiceProcess.Worker(hasty);

        for (var number = 0; number < 5; number++)
        {
            await RunAsync(worker, redis, $"retried-{number}", Canary.Envelope($"retried-{number}", failAttempts: 1));
        }

        await redis.ListLeftPushAsync("dashtam:jobs", ["garbage", """{"task_id": "u", "task_name": "no_such_job", "labels": {}, "args": [], "kwargs": {}}"""]);
        await worker.UntilAsync(
            async () => (await redis.SortedSetLengthAsync("{dashtam:jobs}:dead"), await redis.SortedSetLengthAsync("{dashtam:jobs}:parked"))
                == (1, 1),
            "a dead letter and a parked job");
        await scheduler.UntilAsync(() => Task.FromResult(scheduler.Count("schedule_fired") >= 4), "two instants of two schedules");
        foreach (var fired in Fired(scheduler))
        {
            await worker.UntilAsync(() => redis.KeyExistsAsync($"taskiq:result:{fired}"), $"the result of {fired}");
        }

        await AssertKilledAndStoppedAsync(worker, redis, hasty);
    }

    private static async Task AssertKilledAndStoppedAsync(ServiceProcess worker, IDatabase redis, (string, string)[] settings)
    {
        await redis.ListLeftPushAsync("dashtam:jobs", Canary.Envelope("moved", sleepMs: 1_000));
        await worker.UntilAsync(() => Task.FromResult(worker.Lines.Any(line =>
            line.Contains("job_started", StringComparison.Ordinal) && line.Contains("\"moved\"", StringComparison.Ordinal))), "it runs");
        await worker.KillAsync();
        await using var second = ServiceProcess.Worker([.. settings, ("WORKER_DRAIN_SECONDS", "1")]);
        await second.UntilAsync(() => redis.KeyExistsAsync("taskiq:result:moved"), "the killed worker's job");

        var slow = Canary.Envelope("given-back", sleepMs: 60_000);
        await redis.ListLeftPushAsync("dashtam:jobs", slow);
        await second.UntilAsync(() => Task.FromResult(second.Lines.Any(line =>
            line.Contains("job_started", StringComparison.Ordinal) && line.Contains("given-back", StringComparison.Ordinal))), "it runs");
        Assert.That(await second.TerminateAsync(), Is.Zero);
        Assert.That(await redis.ListPositionAsync("dashtam:jobs", slow), Is.AtLeast(0), "it is ready again");
    }

    private static async Task RunAsync(ServiceProcess worker, IDatabase redis, string taskId, byte[] envelope)
    {
        await redis.ListLeftPushAsync("dashtam:jobs", envelope);
        await worker.UntilAsync(() => redis.KeyExistsAsync($"taskiq:result:{taskId}"), $"the result of {taskId}");
    }

    private static string[] Fired(ServiceProcess scheduler) =>
    [
        .. scheduler.Events.Where(line => line.GetProperty("event").GetString() == "schedule_fired")
            .Select(line => line.GetProperty("task_id").GetString()!),
    ];

    private (string Name, string Value)[] Settings =>
    [
        ("DOTNET_ENVIRONMENT", "Development"),
        ("JOBS_REDIS_PORT", _redisPort.ToString(CultureInfo.InvariantCulture)),
        ("TMPDIR", _temporary.FullName),
    ];

    private static async Task AssertSummariesAsync(ServiceProcess worker)
    {
        var jobs = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance)
            .Schedules.Select(schedule => schedule.JobName).ToArray();
        await worker.UntilAsync(
            () => Task.FromResult(jobs.All(job => Summaries(worker, job).Any())), $"a summary of {string.Join(", ", jobs)}");

        Assert.That(jobs, Does.Contain("check_expiring_tokens"));
        Assert.That(
            Summaries(worker, "check_expiring_tokens").First(),
            Does.StartWith("checked 11, processed 8, errors 0, expiring 8, expired 2"), "the sample rows");
    }

    private static IEnumerable<string> Summaries(ServiceProcess worker, string job) => worker.Events
        .Where(line => line.GetProperty("event").GetString() == "job_succeeded" && line.GetProperty("job").GetString() == job)
        .Select(line => line.GetProperty("summary").GetString()!);

    /// <summary>No process that listens, and no file but the sample database, which the next run makes anew.</summary>
    private void AssertNothingIsLeft(params int[] httpPorts)
    {
        foreach (var port in (int[])[_redisPort, .. httpPorts])
        {
            using var client = new TcpClient();
            Assert.That(() => client.Connect("127.0.0.1", port), Throws.InstanceOf<SocketException>(), $"port {port}");
        }

        var files = _temporary.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(file => file.Name);
        Assert.That(
            files.Where(file => !file.EndsWith($"-{_redisPort}.db", StringComparison.Ordinal)), Is.Empty);
    }
}
#endif
