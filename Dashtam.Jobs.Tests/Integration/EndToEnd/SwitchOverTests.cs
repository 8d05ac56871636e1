using System.Globalization;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// docs/how-to/switch-over.md, step by step. Python is not there: captured messages stand for what its producers push, and what
/// would start or stop it, or containers, is done here to processes.
/// </summary>
[Category("Integration")]
[CancelAfter(180_000)]
internal sealed class SwitchOverTests
{
    public const string Page = "docs/how-to/switch-over.md";

    private static readonly string[] Pushed =
    [
        "message-check-expiring-tokens.json", "message-check-expiring-sessions.json", "message-simple.json",
        "message-labels-types-null.json", "message-fired-by-taskiq-scheduler.json",
    ];

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;
    private SeededDatabase _database = null!;
    private ServiceProcess? _scheduler;
    private ServiceProcess? _worker;

    [SetUp]
    public async Task SetUp()
    {
        _database = await SeededDatabase.CreateAsync(TimeProvider.System.GetUtcNow());
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString, name: "dashtam:jobs");
        await _queue.PushAsync([.. Pushed.Select(WireFixtures.Bytes)]);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_worker, _scheduler, _queue, _redis, _database);

    /// <summary>What a person does, by the first line of the step.</summary>
    private Dictionary<string, Func<Task>> ByHand => new(StringComparer.Ordinal)
    {
        ["docker compose stop scheduler"] = () => Task.CompletedTask, // Python's, which fixtures stand for
        ["docker compose --env-file original.env -f deploy/docker-compose.yml up -d --wait scheduler"] = StartSchedulerAsync,
        ["docker compose --env-file original.env -f deploy/docker-compose.yml up -d --wait worker"] = StartWorkerAsync,
        ["docker compose -f deploy/docker-compose.yml stop worker"] = StopWorkerAsync,
        ["docker compose -f deploy/docker-compose.yml exec -e REDIS_URL_FILE=/run/secrets/redis_url_fsck scheduler \\"] =
            () => Task.CompletedTask, // the same command as in the block that follows, in a container
        ["docker compose -f deploy/docker-compose.yml stop scheduler"] = async () => await _scheduler!.TerminateAsync(),
    };

    [Test]
    public async Task The_page_s_steps_take_a_queue_over_and_give_it_back()
    {
        DocumentedSteps.Require("redis-cli", "curl");

        var output = new List<string>();
        var done = new List<string>();
        foreach (var step in DocumentedBlock.Of(Page))
        {
            if (step.Tag == "run")
            {
                output.Add(await DocumentedSteps.RunAsync(step, Variables()));
                continue;
            }

            var line = step.Text.Split('\n')[0].Split("  ")[0];
            Assert.That(ByHand.Keys, Does.Contain(line), $"{Page} has a step by hand that this test knows nothing of");
            await ByHand[line]();
            done.Add(line);
        }

        Assert.That(done, Is.EqualTo(ByHand.Keys), "every step by hand, in this order");
        Assert.That(_worker!.Count("schedule_fired_elsewhere"), Is.Zero, "what TaskIQ's scheduler fired before it was stopped");
        Assert.That(output[0], Does.StartWith($"{Pushed.Length}\n").And.Contain("check_expiring_tokens"));
        Assert.That(output, Has.Count.EqualTo(7));
        Assert.That(output[5], Does.Contain("2 jobs would be moved").And.Contain("2 jobs moved"));
        Assert.That(output[6], Does.Contain("dashtam_jobs.tasks.tokens:check_expiring_tokens"), "what Python takes next");
    }

    private async Task StartSchedulerAsync()
    {
        _scheduler = ServiceProcess.Scheduler(
            [.. Settings(), ("TOKEN_CHECK_CRON", WorkerSettings.Never), ("SESSION_CHECK_CRON", WorkerSettings.Never)]);
        await _scheduler.UntilReadyAsync();
    }

    private async Task StartWorkerAsync()
    {
        _worker = ServiceProcess.Worker(Settings());
        await _worker.UntilReadyAsync();
        await _worker.UntilAsync(
            () => Task.FromResult(_worker.Count("job_succeeded") >= Pushed.Length), "what was pushed has been run");
    }

    /// <summary>It leaves a job that it does not know, and one that it held is as a kill would leave it.</summary>
    private async Task StopWorkerAsync()
    {
        await _queue.PushAsync(HandOverBench.Envelope("of Python alone", "dashtam_jobs.tasks.farm:count_sheep"));
        await _worker!.UntilLoggedAsync("job_parked");
        Assert.That(await _worker.TerminateAsync(), Is.Zero);
        await new HandOverBench(_queue).HoldAsync("killed", "held");
    }

    private (string Name, string Value)[] Settings() =>
    [
        ("REDIS_URL", $"redis://{_redis.ConnectionString}/0"),
        ("DATABASE_URL", _database.Source.ConnectionString),
    ];

    private Dictionary<string, string> Variables() => new(StringComparer.Ordinal)
    {
        ["QUEUE_REDIS"] = $"redis://{_redis.ConnectionString}/0",
        ["REDIS_URL"] = $"redis://{_redis.ConnectionString}/0",
        ["SCHEDULER"] = Url(_scheduler),
        ["WORKER"] = Url(_worker),
    };

    private static string Url(ServiceProcess? process) =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{process?.HttpPort}");
}
