using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fencing;

/// <summary>Numbers that grow from delivery to delivery, for stores that refuse a write that comes too late.</summary>
internal interface IFenceTokens
{
    /// <summary>The delivery's number.</summary>
    /// <param name="delivery">What the caller holds.</param>
    /// <param name="own">The number that the delivery has been given before; 0: none.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <exception cref="FencedException">The delivery is no longer the caller's.</exception>
    Task<long> NextAsync(Delivery delivery, long own, CancellationToken cancellationToken);
}

/// <summary>The counter in Redis. What this process has seen is its floor, should Redis have lost it.</summary>
internal sealed class FenceTokens(IRedisConnections connections, QueueKeys keys) : IFenceTokens
{
    private readonly RedisScript _fence = RedisScript.Load("fence.lua");
    private long _seen;

    public async Task<long> NextAsync(Delivery delivery, long own, CancellationToken cancellationToken)
    {
        RedisKey[] touched = [keys.Processing(delivery.Worker), keys.Fence, keys.Workers];
        var reply = await _fence.RunAsync(
            connections.Queue, touched, [delivery.Envelope, own, Interlocked.Read(ref _seen)], cancellationToken);
        var number = long.Parse((string)reply!, CultureInfo.InvariantCulture);
        if (number == 0)
        {
            throw new FencedException(delivery.Worker);
        }

        RaiseSeen(number);
        return number;
    }

    private void RaiseSeen(long number)
    {
        for (var seen = Interlocked.Read(ref _seen); seen < number; seen = Interlocked.Read(ref _seen))
        {
            Interlocked.CompareExchange(ref _seen, number, seen);
        }
    }
}
