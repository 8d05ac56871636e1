using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

/// <summary><c>WAITAOF</c>, on Redis with it, without it, and without an append-only file.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class FsyncedTests
{
    private static readonly EnqueueOptions Fsynced = new() { Durability = Durability.Fsynced };

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task A_job_that_is_fsynced_is_still_there_after_kill_9()
    {
        await StartAsync(await TestServices.StartCurrentRedisAsync("--appendonly", "yes", "--appendfsync", "everysec"));

        var enqueued = await EnqueueAsync("one");
        await _redis.KillAsync();
        await _redis.StartAsync();

        Assert.That(enqueued, Is.True);
        await using var again = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        Assert.That(await again.GetDatabase().ListLengthAsync(_queue.Keys.Ready), Is.EqualTo(1));
    }

    [Test]
    public async Task An_fsync_that_does_not_come_in_time_is_an_error_and_the_job_is_there()
    {
        await StartAsync(await TestServices.StartCurrentRedisAsync("--appendonly", "yes", "--appendfsync", "everysec"));
        await EnqueueAsync("first"); // the fsyncs of everysec are a second apart from now on
        _queue.Durability.WaitMs = 10;

        var error = (await Assert.ThrowsAsync<DurabilityNotReachedException>(() => EnqueueAsync("one")))!;

        Assert.That(error.Message, Does.Contain("0 of 1 fsyncs"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task Without_an_append_only_file_nothing_is_enqueued_and_the_error_names_the_setting()
    {
        await StartAsync(await TestServices.StartCurrentRedisAsync("--appendonly", "no"));

        Assert.That(() => EnqueueAsync("one"), Throws.InstanceOf<EnqueueException>().With.Message.Contains("'appendonly yes'"));
        await AssertNothingWrittenAsync();
    }

    [Test]
    public async Task Before_Redis_7_2_nothing_is_enqueued_and_the_error_names_both_versions()
    {
        await StartAsync(await TestServices.StartRedisProcessAsync("--appendonly", "yes"));
        var version = _queue.Queue.Multiplexer.GetServers()[0].Version;
        if (version >= new Version(7, 2))
        {
            Assert.Ignore($"redis-server on the PATH is {version}: it has WAITAOF");
        }

        Assert.That(
            () => EnqueueAsync("one"),
            Throws.InstanceOf<EnqueueException>().With.Message.Contains("7.2").And.Message.Contains($"{version}"));
        await AssertNothingWrittenAsync();
    }

    private async Task StartAsync(OwnRedis redis)
    {
        _redis = redis;
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    private async Task AssertNothingWrittenAsync()
    {
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.OnceById("one")), Is.False);
    }

    private Task<bool> EnqueueAsync(string taskId) => _queue.Producer.EnqueueAsync(
        new JobEnvelope { TaskId = taskId, TaskName = "run_canary" }, Fsynced, CancellationToken.None);
}
