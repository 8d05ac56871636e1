using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>The users of <c>docs/reference/redis-acl.md</c>, read from there.</summary>
[CancelAfter(120_000)]
[Parallelizable] // it waits most of the time, on a Redis of its own
internal sealed partial class RedisAclTests
{
    private const string Ready = "dashtam:jobs";
    private static readonly string Document = Path.Combine(Sources.Root, "docs/reference/redis-acl.md");

    [Test, Category("Integration")]
    public async Task Scheduler_worker_and_producer_work_as_the_documented_users()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin);
        await using var worker = ServiceProcess.Worker(Settings(redis, "worker", ("WORKER_LEASE_SECONDS", "5")));
        await using var scheduler = ServiceProcess.Scheduler(Settings(redis, "scheduler", ("TOKEN_CHECK_CRON", "0/2 * * * * *")));
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
        await using var producer = await ConnectAsync(redis, "user=dashtam-producer,password=change-me-producer");

        await producer.GetDatabase().ListLeftPushAsync(Ready, [Canary.Envelope("run"), Canary.Envelope("retried", failAttempts: 1)]);
        await producer.GetDatabase().ListLeftPushAsync(Ready, Canary.Envelope("dead", failAttempts: 99));
        await EnqueueAsNetProducerAsync(redis, "net", "net-delayed");

        foreach (var id in (string[])["run", "retried", "dead", "net", "net-delayed"])
        {
            await worker.UntilAsync(() => producer.GetDatabase().KeyExistsAsync($"taskiq:result:{id}"), $"a result of {id}");
        }

        await scheduler.UntilLoggedAsync("schedule_fired");
        Assert.That(await worker.TerminateAsync(), Is.Zero);
        Assert.That(await scheduler.TerminateAsync(), Is.Zero);
        Assert.That(await DeniedAsync(admin), Is.Empty, "what ACL LOG says was refused, besides what the library does without");
        Assert.That(worker.Lines.Concat(scheduler.Lines), Has.None.Contains("NOPERM").And.None.Contains("change-me"));
    }

    [Test, Category("Integration")]
    public async Task Schedules_are_listed_paused_and_resumed_as_the_documented_user()
    {
        const string Schedule = "check_expiring_tokens";
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin);
        await admin.GetDatabase().HashSetAsync("{dashtam:jobs}:schedules", Schedule, $"*/15 * * * *|UTC|{Schedule}");
        using var host = await StartProgramAsync(redis, "schedule-control");
        var control = host.Services.GetRequiredService<IScheduleControl>();

        await control.PauseAsync(Schedule, CancellationToken.None);
        var paused = await control.ListAsync(CancellationToken.None);
        var resumed = await control.ResumeAsync(Schedule, CancellationToken.None);
        await StopAsync(host);

        Assert.That(paused.Single().PausedSince, Is.Not.Null);
        Assert.That(resumed, Is.True);
        Assert.That(await DeniedAsync(admin), Is.Empty);
    }

    [Test, Category("Integration")]
    public async Task A_missing_permission_is_named_and_the_worker_goes_on_when_it_is_given()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin);
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "dashtam-worker", "-blmove", "-client|unblock");
        await using var worker = ServiceProcess.Worker(Settings(redis, "worker"));

        await worker.UntilLoggedAsync("fetch_failed");
        Assert.That(worker.Lines, Has.Some.Contains("'blmove'"));

        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "dashtam-worker", "+blmove");
        await worker.UntilLoggedAsync("fetch_resumed");
        await worker.UntilReadyAsync();
    }

    [Test, Category("Unit")]
    public void The_worker_s_user_may_run_every_command_of_every_script() =>
        AssertMayRun("dashtam-worker", Sources.Files("Dashtam.Jobs.Core", "*.lua").Select(File.ReadAllText));

    [TestCase("dashtam-net-producer", "enqueue.lua", "enqueue_delayed.lua"), Category("Unit")]
    [TestCase("dashtam-scheduler", "fire.lua", "register_schedule.lua", "enqueue.lua", "enqueue_delayed.lua", "epoch.lua")]
    [TestCase("dashtam-schedule-control", "pause_schedule.lua", "resume_schedule.lua")]
    public void A_user_may_run_every_command_of_its_scripts(string user, params string[] scripts) =>
        AssertMayRun(user, scripts.Select(script => RedisScript.Load(script).Text));

    private static void AssertMayRun(string user, IEnumerable<string> scripts)
    {
        var allowed = Users().Single(line => line.Contains(user, StringComparer.Ordinal));
        var commands = scripts
            .SelectMany(text => CallPattern().Matches(text))
            .Select(match => match.Groups["sub"].Success
                ? $"+{match.Groups["command"].Value}|{match.Groups["sub"].Value}".ToLowerInvariant()
                : $"+{match.Groups["command"].Value}".ToLowerInvariant())
            .Distinct(StringComparer.Ordinal);

        Assert.That(commands, Is.Not.Empty.And.SubsetOf(allowed));
    }

    private static IEnumerable<string[]> Users() => File.ReadLines(Document)
        .Where(line => line.StartsWith("ACL SETUSER dashtam-", StringComparison.Ordinal))
        .Select(line => line.Split(' '));

    private static async Task SetUsersAsync(ConnectionMultiplexer admin)
    {
        foreach (var user in Users())
        {
            await admin.GetDatabase().ExecuteAsync(user[0], [.. user[1..]]);
        }
    }

    /// <summary>Somebody else's program that uses this library.</summary>
    private static async Task<IHost> StartProgramAsync(OwnRedis redis, string user)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["REDIS_URL"] = Url(redis, user),
        });
        builder.Services.AddJobProducer();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static async Task EnqueueAsNetProducerAsync(OwnRedis redis, string id, string delayedId)
    {
        using var host = await StartProgramAsync(redis, "net-producer");
        var producer = host.Services.GetRequiredService<IJobProducer>();
        var delayed = new EnqueueOptions { Delay = TimeSpan.FromSeconds(0.2) };
        await producer.EnqueueManyAsync([Job(id)], EnqueueOptions.Default, CancellationToken.None);
        await producer.EnqueueAsync(Job(delayedId), delayed, CancellationToken.None);
        await StopAsync(host);
    }

    private static JobEnvelope Job(string id) => new() { TaskId = id, TaskName = "run_canary" };

    private static string Url(OwnRedis redis, string user) =>
        $"redis://dashtam-{user}:change-me-{user}@{redis.ConnectionString}/0";

    /// <summary>Commands that were refused. The library asks for CONFIG and does without.</summary>
    private static async Task<IReadOnlyList<string>> DeniedAsync(ConnectionMultiplexer admin)
    {
        var log = await admin.GetDatabase().ExecuteAsync("ACL", "LOG");
        return
        [
            .. Enumerable.Range(0, log.Length).Select(i => log[i].ToDictionary()["object"].ToString())
                .Where(denied => !denied.StartsWith("config", StringComparison.Ordinal)),
        ];
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(OwnRedis redis, string more) =>
        ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},{more},$CONFIG=,tiebreaker=,configChannel=");

    private static (string Name, string Value)[] Settings(
        OwnRedis redis, string process, params (string Name, string Value)[] more) =>
    [
        ("REDIS_URL", Url(redis, process)),
        ("DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/nothing"),
        ("JOBS_RETRY_BASE_SECONDS", "0.05"),
        .. more,
    ];

    [GeneratedRegex(@"redis\.p?call\('(?<command>[A-Za-z]+)'(, '(?<sub>NUMSUB)')?",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CallPattern();
}
