using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>
/// A server's writes that return when they are durable. Writes that come while a batch waits form the next one: many share one wait.
/// </summary>
/// <remarks>
/// <c>WAIT</c> and <c>WAITAOF</c> vouch for writes of their own connection alone, and block it. So there is a connection for
/// nothing else, and one batch at a time on it.
/// </remarks>
internal sealed class DurableServer(IDurableConnection connection, IOptions<DurabilityOptions> options)
{
    private const int LargestBatch = 1_000;

    private readonly Lock _gate = new();
    private readonly List<PendingWrite> _pending = [];
    private bool _draining;

    // On Redis Cluster each queue is on a node of its own, and a wait asks one node. Not known: as there.
    private volatile bool _mixesQueues;

    /// <summary>Writes, and waits until it is durable or <c>JOBS_DURABILITY_WAIT_MS</c> have passed.</summary>
    /// <param name="keys">Of the queue that is written to.</param>
    /// <param name="durability">Anything but <see cref="Durability.Memory"/>.</param>
    /// <param name="write">
    /// One script on the queue's keys. Called again when the connection was lost before the wait had ended, so it must be
    /// one that knows its own repeat; the first reply counts.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; what has been sent stays written.</param>
    /// <exception cref="DurabilityUnavailableException">This Redis cannot do that; nothing was written.</exception>
    public async Task<DurableReply<T>> RunAsync<T>(
        QueueKeys keys, Durability durability, Func<IDatabase, Task<T>> write, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite<T>(keys, durability, write);
        Add(pending);
        try
        {
            return await pending.Reply.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            pending.Take(); // not to be sent long after its caller has given up
            throw;
        }
    }

    private void Add(PendingWrite write)
    {
        lock (_gate)
        {
            _pending.Add(write);
            if (_draining)
            {
                return;
            }

            _draining = true;
        }

        _ = Task.Run(DrainAsync); // ends by itself, and reports through each write
    }

    private async Task DrainAsync()
    {
        while (NextBatch() is { Count: > 0 } writes)
        {
            try
            {
                var database = await connection.GetAsync();
                _mixesQueues = database.Multiplexer.IsCluster() is false;
                await new DurableBatch(database, options.Value, writes).RunAsync();
            }
            catch (Exception error)
            {
                Fail(writes, error);
            }
        }
    }

    /// <summary>The oldest write, and all that can share its wait.</summary>
    private List<PendingWrite> NextBatch()
    {
        var batch = new List<PendingWrite>();
        lock (_gate)
        {
            _pending.RemoveAll(write =>
            {
                if (batch.Count == LargestBatch || (batch.Count > 0 && !MayShare(batch[0], write)))
                {
                    return false;
                }

                if (write.Take())
                {
                    batch.Add(write);
                }

                return true;
            });
            _draining = batch.Count > 0;
        }

        return batch;
    }

    private bool MayShare(PendingWrite one, PendingWrite other) =>
        one.Durability == other.Durability && (_mixesQueues || one.Keys.Ready == other.Keys.Ready);

    private static void Fail(List<PendingWrite> writes, Exception error)
    {
        // Whatever went wrong, it went wrong around the writes: those that were sent have ended with what they were told.
        var unsent = error is RedisServerException || !RedisFailure.Is(error)
            ? error
            : new RedisConnectionException(
                ConnectionFailureType.UnableToConnect, CommandFlags.None, error.Message, error, CommandStatus.WaitingToBeSent);
        foreach (var write in writes)
        {
            if (write.Written)
            {
                write.End(reached: false, acknowledged: null);
            }
            else
            {
                write.Fail(unsent);
            }
        }
    }
}
