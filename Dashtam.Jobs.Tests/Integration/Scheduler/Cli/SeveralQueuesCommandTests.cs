using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Scheduler.Cli;

/// <summary>The commands where the settings name several queues, one of them on a Redis of its own.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class SeveralQueuesCommandTests
{
    private TestQueue _first = null!; // made by SetUp
    private OwnRedis _second = null!;
    private ConnectionMultiplexer _onSecond = null!;
    private (string, string)[] _settings = [];

    [SetUp]
    public async Task SetUp()
    {
        _first = await TestQueue.CreateAsync();
        _second = await TestServices.StartRedisProcessAsync();
        _onSecond = await ConnectionMultiplexer.ConnectAsync(_second.ConnectionString);
        _settings =
        [
            ("REDIS_URL", _first.Server), ("JOBS_QUEUE_NAME", _first.Options.Name), ("JOB_RESULT_PREFIX", _first.Options.ResultPrefix),
            ("JOBS_QUEUE_URLS", $"reports=redis://{_second.ConnectionString}/0"),
        ];
    }

    [TearDown]
    public async Task TearDown()
    {
        await _onSecond.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Test]
    public async Task Fsck_looks_after_the_queue_that_it_is_told_on_that_queue_s_server()
    {
        await _onSecond.GetDatabase().StringSetAsync("{reports}:once:id:one", "1");

        var other = await CommandRun.RunAsync(["fsck"], _settings);
        var found = await CommandRun.RunAsync(["fsck", "--queue", "reports"], _settings);
        var repaired = await CommandRun.RunAsync(["fsck", "--queue", "reports", "--repair"], _settings);

        Assert.That((other.ExitCode, found.ExitCode, repaired.ExitCode), Is.EqualTo((0, 1, 0)), found.Errors);
        Assert.That(found.Output, Does.Contain("once_key_without_ttl").And.Contain("{reports}:once:id:one"));
        Assert.That(await _onSecond.GetDatabase().KeyTimeToLiveAsync("{reports}:once:id:one"), Is.Not.Null);
    }

    [Test]
    public async Task Hand_over_moves_the_jobs_of_the_queue_that_it_is_told()
    {
        await _onSecond.GetDatabase().ListLeftPushAsync("{reports}:processing:gone", Canary.Envelope("one"));

        var run = await CommandRun.RunAsync(["hand-over", "--queue", "reports", "--yes"], _settings);

        Assert.That(run.ExitCode, Is.Zero, run.Errors + run.Output);
        Assert.That(await _onSecond.GetDatabase().ListLengthAsync("reports"), Is.EqualTo(1));
        Assert.That(await _first.ReadyAsync(), Is.Zero);
    }

    [TestCase("fsck")]
    [TestCase("hand-over")]
    [TestCase("acl")]
    public async Task A_name_that_no_queue_may_have_ends_with_2_and_says_what_is_allowed(string command)
    {
        var run = await CommandRun.RunAsync([command, "--queue", "{reports}"], _settings);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("--queue").And.Contain("'{reports}'").And.Contain(QueueName.Rule));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public async Task A_queue_whose_Redis_is_away_is_told_with_the_setting_that_names_it_and_without_the_password()
    {
        var run = await CommandRun.RunAsync(["fsck", "--queue", "reports"], [.. _settings, ("JOBS_QUEUE_URLS", "reports=redis://user:s3cret@127.0.0.1:1/0")]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("Redis (JOBS_QUEUE_URLS) cannot be reached").And.Not.Contain("s3cret"));
    }

    [Test]
    public async Task The_users_of_several_queues_may_work_with_each_of_these_and_with_no_other()
    {
        (string, string)[] settings = [("WORKER_QUEUES", "critical=5,dashtam:jobs=1"), ("JOBS_QUEUE_URLS", "elsewhere=redis://other:6379")];
        var run = await CommandRun.RunAsync(["acl"], settings);
        var there = await CommandRun.RunAsync(["acl", "--queue", "elsewhere"], settings);
        foreach (var line in run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await _onSecond.GetDatabase().ExecuteAsync("ACL", [.. line.Split(' ').Skip(1)]);
        }

        await using var queue = await TestQueue.CreateOnAsync(
            $"{_second.ConnectionString},user=dashtam-net-producer,password=change-me-net-producer,channelPrefix=", name: "dashtam:jobs");

        Assert.That(await EnqueueAsync(queue, "critical"), Is.True);
        Assert.That(await EnqueueAsync(queue, "dashtam:jobs"), Is.True);
        await Assert.ThatAsync(() => EnqueueAsync(queue, "elsewhere"), Throws.InstanceOf<EnqueueException>());
        Assert.That(run.Output, Does.Not.Contain("elsewhere"));
        Assert.That(there.Output, Does.Contain("~elsewhere ").And.Not.Contain("critical").And.Not.Contain("dashtam-worker"), there.Errors);
    }

    [TestCase("--queue", "critical", "", "JOBS_QUEUE_URLS", "'critical'")]
    [TestCase("--server", "queue", "critical=5,other", "WORKER_QUEUES", "critical=5,other")]
    public async Task Acl_prints_nothing_for_settings_that_are_wrong(string option, string value, string workers, string setting, string named)
    {
        var run = await CommandRun.RunAsync(["acl", option, value], [.. _settings, ("WORKER_QUEUES", workers)]);

        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Errors, Does.Contain(setting).And.Contain(named));
    }

    private static Task<bool> EnqueueAsync(TestQueue queue, string name) => queue.Producer.EnqueueAsync(
        new JobEnvelope { TaskId = "one", TaskName = "run_canary" }, new EnqueueOptions { Queue = name }, CancellationToken.None);
}
