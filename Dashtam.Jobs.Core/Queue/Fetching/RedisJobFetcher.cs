using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fetching;

/// <summary><c>fetch.lua</c>.</summary>
internal sealed class RedisJobFetcher(IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options) : IJobFetcher
{
    /// <summary>Due jobs moved by one fetch at most: the script stays short when a million are due.</summary>
    private const int DueMovedAtOnce = 1_000;

    /// <summary>A year. What is due later may be due in the year 50,000,000, by a unit mixed up.</summary>
    private const long LongestNextDueMs = 31_536_000_000;

    /// <summary>Reading ahead ends at this number of bytes, so that the reply stays short and the worker small.</summary>
    private const int BytesAhead = 256 * 1_024;

    /// <summary>
    /// Handing out jobs to free slots ends at this number of bytes, so that large jobs do not hold Redis up and the reply stays short.
    /// </summary>
    private const int BytesForSlots = 4 * 1_024 * 1_024;

    /// <summary>
    /// How long one fetch reserves the turn to run a suspect alone. The worker lets its other jobs end in that time, and reserves the turn
    /// again with each fetch.
    /// </summary>
    private static readonly TimeSpan AloneClaim = TimeSpan.FromSeconds(5);

    private readonly RedisScript _fetch = RedisScript.Load("fetch.lua");

    private QueueOptions Options => options.Value;

    public async Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken)
    {
        RedisKey[] touched =
        [
            keys.Ready, keys.Processing(worker), keys.Delayed, keys.Workers,
            keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.Stats,
            keys.Isolated, keys.Alone, keys.Suspects,
        ];
        RedisValue[] arguments =
        [
            worker, wanted.Slots, DueMovedAtOnce, Options.MaxEnvelopeBytes,
            Rejections.TooLarge(Options.MaxEnvelopeBytes).ToInfo(), Options.DeadMaxEntries, Options.DeadMaxBytes,
            wanted.MayRunAlone ? (long)AloneClaim.TotalMilliseconds : 0, wanted.Ahead, BytesAhead, BytesForSlots,
            wanted.MostBytes, Queue.Delivery.AloneFrom, ExitTable.Row(ExitKind.TooLarge), wanted.HeldElsewhere,
        ];
        return ToBatch(await _fetch.RunAsync(connections.Queue, touched, arguments, cancellationToken), worker);
    }

    private FetchedBatch ToBatch(RedisResult reply, string worker)
    {
        var code = (FetchCode)(int)reply[0];
        var nextDue = (long)reply[1] is >= 0 and var milliseconds
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestNextDueMs))
            : (TimeSpan?)null;
        var tooLarge = (int)reply[2];
        if (code == FetchCode.RunAlone)
        {
            return new FetchedBatch(code, [Delivery((byte[])reply[3]!, worker, ProcessingJobs.ReadMoves((RedisValue)reply[4]))], nextDue, tooLarge);
        }

        const int before = 3;
        var deliveries = new Delivery[reply.Length - before];
        for (var i = 0; i < deliveries.Length; i++)
        {
            deliveries[i] = Delivery((byte[])reply[i + before]!, worker);
        }

        return new FetchedBatch(code, deliveries, nextDue, tooLarge);
    }

    private Delivery Delivery(byte[] envelope, string worker, int moves = 0) => new(envelope, worker, moves) { Queue = keys.QueueName };
}
