using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Epochs;

[Category("Unit")]
[CancelAfter(10_000)]
internal sealed class EpochLoopTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task Redis_is_not_asked_before_it_is_known_that_this_process_may_write_the_epoch()
    {
        var (asked, notAsked) = (new Asked(), new Asked());
        var (open, closed) = (Queues(asked), Queues(notAsked));
        open.Default.Rights.Open();
        using var allowed = new EpochLoop(new OnlyQueue(open.Default), _time, NullLogger<EpochLoop>.Instance);
        using var waiting = new EpochLoop(new OnlyQueue(closed.Default), _time, NullLogger<EpochLoop>.Instance);
        await waiting.StartAsync(CancellationToken.None);
        await allowed.StartAsync(CancellationToken.None);
        await UntilAsync(() => asked.Times > 2);
        Assert.That(notAsked.Times, Is.Zero);

        closed.Default.Rights.Open();

        await UntilAsync(() => notAsked.Times > 0);
        await allowed.StopAsync(CancellationToken.None);
        await waiting.StopAsync(CancellationToken.None);
    }

    private FakeQueues Queues(Asked asked) => new(asked, Options.Create(new QueueOptions()), _time);

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }

    /// <summary>A Redis that is away, and counts who asks.</summary>
    private sealed class Asked : IRedisConnections
    {
        private int _times;

        public int Times => Volatile.Read(ref _times);

        public IDatabase Queue => Interlocked.Increment(ref _times) > 0 ? throw new TimeoutException("away") : null!;

        public IDatabase Waiting => Queue;

        public IDatabase Notices => Queue;

        public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) => throw new NotSupportedException();
    }
}
