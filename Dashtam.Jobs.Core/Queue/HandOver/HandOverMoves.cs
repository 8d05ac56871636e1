using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Leases;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>The moves of a hand-over: each is one script, which does nothing while a worker lives.</summary>
internal sealed class HandOverMoves(IDatabase database, QueueKeys keys, LeaseOptions lease)
{
    private const int MovedAtOnce = 1_000;
    private const int BytesAtOnce = 4 * 1_024 * 1_024;

    private readonly RedisScript _list = RedisScript.Load("hand_over_list.lua");
    private readonly RedisScript _set = RedisScript.Load("hand_over_set.lua");

    private long LeaseMs => (long)lease.Lease.TotalMilliseconds;

    /// <summary>Jobs moved so far.</summary>
    public long Moved { get; private set; }

    /// <summary>Moves all jobs of a place.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="WorkersAliveException">A worker has come.</exception>
    public async Task<long> DrainAsync(HandOverSource source, CancellationToken cancellationToken)
    {
        var before = Moved;
        while (await MoveAsync(source, cancellationToken) is > 0 and var moved)
        {
            Moved += moved;
        }

        return Moved - before;
    }

    private async Task<long> MoveAsync(HandOverSource source, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reply = source.IsList
            ? await _list.RunAsync(
                database,
                [keys.Workers, keys.Departed, source.Key, keys.Ready, keys.Suspects],
                [source.Worker ?? "", LeaseMs, MovedAtOnce, BytesAtOnce],
                cancellationToken)
            : await _set.RunAsync(
                database,
                [keys.Workers, source.Key, keys.Ready, keys.Suspects, .. source.Key == keys.Parked ? [keys.ParkedBytes] : (RedisKey[])[]],
                [LeaseMs, MovedAtOnce, BytesAtOnce],
                cancellationToken);
        var moved = (long)reply[0];
        return moved >= 0 ? moved : throw new WorkersAliveException(
            [.. Enumerable.Range(1, reply.Length - 1).Select(i => (string)reply[i]!)], Moved, lease.Lease);
    }
}

/// <summary>A place to move jobs from.</summary>
/// <param name="Name">As a report calls it.</param>
/// <param name="Key">Where.</param>
/// <param name="IsList">A list, not a sorted set.</param>
/// <param name="Worker">Whose list it is; null: nobody's.</param>
internal sealed record HandOverSource(string Name, RedisKey Key, bool IsList, string? Worker = null);
