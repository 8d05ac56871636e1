#if EMBEDDED_REDIS
using System.Globalization;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A run on a laptop: no Redis, no database, no settings but ports, so that it does not meet another one.</summary>
[Category("Integration")]
[CancelAfter(180_000)]
[Parallelizable] // it waits most of the time, on a Redis that it embeds
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
