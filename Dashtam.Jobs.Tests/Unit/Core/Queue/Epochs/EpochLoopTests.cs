using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Epochs;
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
        var (open, closed) = (new AclGate(), new AclGate());
        open.Open();
        var (asked, notAsked) = (new Asked(), new Asked());
        using var allowed = Loop(open, asked);
        using var waiting = Loop(closed, notAsked);
        await waiting.StartAsync(CancellationToken.None);
        await allowed.StartAsync(CancellationToken.None);
        await UntilAsync(() => asked.Times > 2);
        Assert.That(notAsked.Times, Is.Zero);

        closed.Open();

        await UntilAsync(() => notAsked.Times > 0);
        await allowed.StopAsync(CancellationToken.None);
        await waiting.StopAsync(CancellationToken.None);
    }

    private EpochLoop Loop(AclGate rights, Asked asked)
    {
        var keys = new QueueKeys(Options.Create(new QueueOptions()));
        var watch = new EpochWatch(asked, keys, _time, NullLogger<EpochWatch>.Instance);
        return new EpochLoop(watch, asked, keys, rights, _time, NullLogger<EpochLoop>.Instance);
    }

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
