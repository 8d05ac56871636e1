namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>What a worker says of itself with each heartbeat.</summary>
/// <param name="Running">Deliveries that it holds.</param>
/// <param name="Oldest">Of its runs the one whose time is up first; null: nothing runs.</param>
/// <param name="About">
/// What it said when it registered, for when that has gone: its hash may end in an outage that its lease outlives.
/// </param>
internal readonly record struct HeartbeatReport(int Running, OldestRun? Oldest, IReadOnlyDictionary<string, string> About);

/// <summary>A run, for whoever wants to know what a worker is stuck with.</summary>
/// <param name="TaskId">Its job.</param>
/// <param name="Age">How long it has run.</param>
/// <param name="Limit">How long it may: its timeout and the grace after that.</param>
internal sealed record OldestRun(string TaskId, TimeSpan Age, TimeSpan Limit);

/// <summary>What a heartbeat learned.</summary>
/// <param name="Alive">False: the lease has ended, the jobs are others'; go on under a new name.</param>
/// <param name="Held">Envelopes in the worker's processing list.</param>
/// <param name="Parked">Jobs of unknown names that wait in the queue.</param>
/// <param name="Dropped">Dead letters that were dropped so far because there was no room; a permitted loss, to be logged.</param>
/// <param name="SinceLast">How long ago, by Redis' clock, the last heartbeat was that reached Redis, whether or not its reply came.</param>
/// <param name="RedisTime">Redis' clock.</param>
internal readonly record struct Heartbeat(bool Alive, long Held, long Parked, long Dropped, TimeSpan SinceLast, DateTimeOffset RedisTime);

/// <summary>A worker's lease, renewed from a thread of its own: a starved thread pool must not cost it its jobs.</summary>
internal interface ILease : IDisposable
{
    /// <summary>Renews the lease, unless recovery has ended it. Blocks; always called from the same thread.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis cannot be reached, or refused.</exception>
    Heartbeat Renew(string worker, HeartbeatReport report);
}
