using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.Leases;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>
/// Gives a queue back to the Python service: what lies where Python does not look becomes ready. Every job is in one place at every
/// moment; a hand-over that was interrupted goes on when it is run again.
/// </summary>
internal sealed class QueueHandOver(
    IRedisConnections connections,
    QueueKeys keys,
    IWorkerRegistry registry,
    IOptions<QueueOptions> queue,
    IOptions<LeaseOptions> lease,
    TimeProvider time)
{
    private const int WorkersNamed = 100;

    /// <summary>Looks, and moves when it is asked to.</summary>
    /// <exception cref="WorkersAliveException">Workers live.</exception>
    public async Task<HandOverReport> RunAsync(HandOverOptions options, CancellationToken cancellationToken)
    {
        var scope = await FsckScope.OpenAsync(
            new FsckTools(connections.Queue, keys, registry, queue.Value, lease.Value), new FsckOptions(), time, cancellationToken);
        await ThrowIfAnyLivesAsync(scope);

        var tally = new JobTally(PythonNames.OfThisService);
        var ready = await CountAsync(scope.ListAsync(keys.Ready, cancellationToken), tally, cancellationToken);
        var moves = new HandOverMoves(connections.Queue, keys, lease.Value);
        var places = new List<HandOverPlace>();
        foreach (var source in await SourcesAsync(scope, options, cancellationToken))
        {
            var place = await LookAsync(scope, source, tally, cancellationToken);
            places.Add(options.Move ? await MoveAsync(moves, source, place, cancellationToken) : place);
        }

        return new HandOverReport(
            keys.QueueName, options, places, tally.Names,
            options.Delayed ? new DelayedJobs(0, []) : await StayingAsync(scope, tally, cancellationToken),
            ready, await DeadLettersAsync(scope));
    }

    private async Task ThrowIfAnyLivesAsync(FsckScope scope)
    {
        var since = await scope.NowAsync() - lease.Value.Lease.TotalMilliseconds + 1;
        var alive = await connections.Queue.SortedSetRangeByScoreAsync(keys.Workers, since, take: WorkersNamed);
        if (alive.Length > 0)
        {
            throw new WorkersAliveException([.. alive.Select(worker => (string)worker!)], moved: 0, lease.Value.Lease);
        }
    }

    /// <summary>What is moved last is taken first: what a worker had begun, and last of all what may have killed it.</summary>
    private async Task<IReadOnlyList<HandOverSource>> SourcesAsync(
        FsckScope scope, HandOverOptions options, CancellationToken cancellationToken)
    {
        List<HandOverSource> sources = [new("isolated", keys.Isolated, IsList: true)];
        if (options.Delayed)
        {
            sources.Add(new("delayed", keys.Delayed, IsList: false));
        }

        sources.Add(new("parked", keys.Parked, IsList: false));

        // A scan may name a key twice, and none that another scan names is left out: no worker lives who could make one.
        var held = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var key in scope.KeysAsync(keys.ProcessingPattern, cancellationToken))
        {
            held.Add(key!);
        }

        sources.AddRange(held.Select(key => new HandOverSource("held", key, IsList: true, keys.WorkerOfProcessing(key))));
        return sources;
    }

    private static async Task<HandOverPlace> LookAsync(
        FsckScope scope, HandOverSource source, JobTally tally, CancellationToken cancellationToken)
    {
        var envelopes = source.IsList
            ? scope.ListAsync(source.Key, cancellationToken)
            : scope.MembersAsync(source.Key, cancellationToken)
                .Select(entry => NumberedEntry.Read((byte[])entry.Element!).Envelope);
        var found = await CountAsync(envelopes, tally, cancellationToken);
        var isRight = await scope.IsAsync(source.Key, source.IsList ? RedisType.List : RedisType.SortedSet);
        return new HandOverPlace(source.Name, source.Key!, found)
        {
            Problem = isRight ? null : "the key is of another type; fsck names it",
        };
    }

    private static async Task<HandOverPlace> MoveAsync(
        HandOverMoves moves, HandOverSource source, HandOverPlace place, CancellationToken cancellationToken)
    {
        var before = moves.Moved;
        try
        {
            return place with { Moved = await moves.DrainAsync(source, cancellationToken) };
        }
        catch (RedisServerException error)
        {
            // A key of another type, or a user without the right: the other places are worth moving all the same.
            return place with { Moved = moves.Moved - before, Problem = error.Message };
        }
    }

    private static async Task<long> CountAsync(
        IAsyncEnumerable<byte[]> envelopes, JobTally tally, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var envelope in envelopes.WithCancellation(cancellationToken))
        {
            tally.Add(envelope);
            count++;
        }

        return count;
    }

    private async Task<DelayedJobs> StayingAsync(FsckScope scope, JobTally tally, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var entry in scope.MembersAsync(keys.Delayed, cancellationToken))
        {
            tally.AddDelayed(entry);
            count++;
        }

        return new DelayedJobs(count, tally.Delayed);
    }

    private async Task<long> DeadLettersAsync(FsckScope scope) =>
        await scope.IsAsync(keys.Dead, RedisType.SortedSet) ? await connections.Queue.SortedSetLengthAsync(keys.Dead) : 0;
}
