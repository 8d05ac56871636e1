using System.Text.Json;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Scheduler.Cli;

/// <summary>The command as an operator meets it: exit code, what is printed and where.</summary>
[Category("Integration")]
[CancelAfter(90_000)]
internal sealed class HandOverCommandTests
{
    private TestQueue _queue = null!;
    private HandOverBench _bench = null!;
    private (string, string)[] _settings = [];

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _bench = new HandOverBench(_queue);
        await _bench.FillAsync();
        _settings =
        [
            ("REDIS_URL", (await TestServices.RedisAsync()).ConnectionString), // and no DATABASE_URL
            ("JOBS_QUEUE_NAME", _queue.Options.Name),
        ];
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task Without_yes_it_only_shows_and_ends_with_1_and_with_yes_it_moves_and_ends_with_0()
    {
        await _queue.PushAsync(HandOverBench.Envelope("dropped", "run_canary"));

        var dry = await CommandRun.RunAsync(["hand-over"], _settings);
        var readyAfterDry = await _queue.ReadyAsync();
        var moved = await CommandRun.RunAsync(["hand-over", "--yes"], _settings);

        Assert.That(dry.ExitCode, Is.EqualTo(1), dry.Errors);
        Assert.That(dry.Output, Does.Contain("6 jobs would be moved").And.Contain("run_canary").And.Contain("no such function")
            .And.Contain("1 delayed jobs and 0 dead letters stay").And.Contain("delayed, and stays: due (UTC)"));
        Assert.That(readyAfterDry, Is.EqualTo(2));
        Assert.That(moved.ExitCode, Is.Zero, moved.Errors);
        Assert.That(moved.Output, Does.Contain("6 jobs moved; 2 were ready before"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(8));
    }

    [Test]
    public async Task Json_is_all_that_there_is_on_standard_output()
    {
        var run = await CommandRun.RunAsync(["hand-over", "--yes", "--delayed", "--format", "json"], _settings);

        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.That(report.GetProperty("done").GetBoolean(), Is.True);
        Assert.That(report.GetProperty("delayed_stay").GetInt64(), Is.Zero);
        Assert.That(
            report.GetProperty("places").EnumerateArray().Select(place => place.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "isolated", "delayed", "parked", "held", "held" }));
        Assert.That(report.GetProperty("names")[0].GetProperty("python").GetString(), Is.EqualTo("runs"));
    }

    [Test]
    public async Task While_a_worker_lives_it_ends_with_2_and_names_it()
    {
        await _queue.RegisterAsync("living");

        var run = await CommandRun.RunAsync(["hand-over", "--yes"], _settings);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("living").And.Contain("WORKER_LEASE_SECONDS"));
        Assert.That(run.Output, Is.Empty);
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_user_of_fsck_may_do_all_of_it()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString, name: "dashtam:jobs");
        var user = new AclUsers(new AclSettings(new QueueOptions())).OnQueue.Single(one => one.Name == "fsck");
        await queue.Queue.ExecuteAsync("ACL", ["SETUSER", .. user.ToString().Split(' ')]);
        await new HandOverBench(queue).FillAsync();

        var run = await CommandRun.RunAsync(
            ["hand-over", "--yes", "--delayed"], ("REDIS_URL", $"redis://dashtam-fsck:change-me-fsck@{redis.ConnectionString}/0"));

        Assert.That((await queue.Queue.ExecuteAsync("ACL", "LOG")).Length, Is.Zero);
        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Errors);
        Assert.That(await queue.ReadyAsync(), Is.EqualTo(8));
    }
}
