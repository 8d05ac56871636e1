using System.Text;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Producing;

/// <summary>A Redis that is nearly full, but would still take a job.</summary>
[Category("Integration")]
internal sealed class MemoryGateTests
{
    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync("--maxmemory", "20mb", "--maxmemory-policy", "noeviction");
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString, new QueueOptions { EnqueueMemoryLimitPercent = 70 });
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task An_enqueue_is_refused_before_Redis_is_full_and_names_the_percentage_and_the_setting()
    {
        await FillAsync(percent: 75);
        var ready = await _queue.ReadyAsync();

        var error = (await Assert.ThrowsAsync<QueueFullException>(EnqueueAsync))!;

        Assert.That(error.UsedPercent, Is.InRange(75, 85));
        Assert.That(error.Message, Does.Contain("JOBS_ENQUEUE_MEMORY_LIMIT_PERCENT").And.Contain("70 %").And.Contain("maxmemory"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(ready));
        await _queue.PushAsync("Redis itself would have taken it"u8.ToArray());
    }

    [Test]
    public async Task Enqueues_are_taken_again_when_it_has_been_drained()
    {
        await FillAsync(percent: 75);
        Assert.That(EnqueueAsync, Throws.InstanceOf<QueueFullException>());

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Ready);

        Assert.That(EnqueueAsync, Is.True.After(5_000, 100));
    }

    [Test]
    public async Task A_user_that_may_not_ask_how_full_it_is_enqueues_all_the_same()
    {
        await FillAsync(percent: 75);
        await _queue.Queue.ExecuteAsync("ACL", "SETUSER", "few", "on", ">pw", "~*", "&*", "+@all", "-info");
        await using var few = await TestQueue.CreateOnAsync(
            $"{_redis.ConnectionString},user=few,password=pw", new QueueOptions { EnqueueMemoryLimitPercent = 70 });

        Assert.That(await EnqueueAsync(few), Is.True);
    }

    private Task<bool> EnqueueAsync() => EnqueueAsync(_queue);

    private static Task<bool> EnqueueAsync(TestQueue queue) => queue.Producer.EnqueueAsync(
        new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "run_canary" }, TimeSpan.Zero, CancellationToken.None);

    private async Task FillAsync(int percent)
    {
        var envelope = Encoding.UTF8.GetBytes(new string('x', 10_000));
        while ((await RedisMemory.ReadAsync(_queue.Queue, _queue.Keys.Ready)).Percent < percent)
        {
            await _queue.PushAsync([.. Enumerable.Repeat(envelope, 20)]);
        }
    }
}
