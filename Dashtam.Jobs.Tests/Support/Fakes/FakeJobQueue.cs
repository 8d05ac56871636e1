using Dashtam.Jobs.Core.Queue;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A queue in memory, workers' side, that writes down what it was asked and can be made to fail.</summary>
internal sealed class FakeJobQueue : IJobQueue
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _ready = [];
    private int _waiting;

    /// <summary>What was settled, in order: the script's name and what it wrote.</summary>
    public List<(string Exit, Delivery Delivery, string Written)> Settled { get; } = [];

    /// <summary>What each processing list holds.</summary>
    public Dictionary<string, List<byte[]>> Processing { get; } = new(StringComparer.Ordinal);

    /// <summary>Workers whose lease ran out.</summary>
    public HashSet<string> Recovered { get; } = new(StringComparer.Ordinal);

    /// <summary>The answers to the next settlements; after them, what the lists say.</summary>
    public Queue<Func<Settlement>> Answers { get; } = new();

    /// <summary>What every settlement waits for.</summary>
    public Task Reply { get; set; } = Task.CompletedTask;

    /// <summary>Settlements so far that wait, or have waited, for a <see cref="Reply"/>: another one does not reach these.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The pause of the last retry.</summary>
    public TimeSpan? LastDelay { get; private set; }

    /// <summary>The last dead letter.</summary>
    public DeadLetter? LastLetter { get; private set; }

    /// <summary>Says that the connection was lost.</summary>
    public static Func<Settlement> ConnectionLost => () => throw Lost;

    /// <summary>What a caller sees of a lost connection.</summary>
    public static RedisConnectionException Lost => new(
        ConnectionFailureType.SocketClosed, CommandFlags.None, "lost", innerException: null, CommandStatus.Sent);

    /// <summary>What a caller sees when there is no memory for the call.</summary>
    public static Exception NoMemory => new InsufficientMemoryException();

    public void Push(byte[] envelope)
    {
        lock (_lock)
        {
            _ready.Insert(0, envelope);
        }
    }

    public Delivery Hold(byte[] envelope, string worker)
    {
        lock (_lock)
        {
            ListOf(worker).Add(envelope);
            return new Delivery(envelope, worker);
        }
    }

    /// <summary>How often recovery has moved any envelope.</summary>
    public int Moves { get; set; }

    /// <summary>What the next fetches answer instead of ready jobs.</summary>
    public Queue<Func<string, FetchedBatch>> Batches { get; } = new();

    /// <summary>What each fetch asked for.</summary>
    public List<FetchRequest> Wanted { get; } = [];

    /// <summary>Fetches so far.</summary>
    public int Fetches => Wanted.Count;

    /// <summary>What was counted as moved by recycles.</summary>
    public List<HangingJob> Recycled { get; } = [];

    public Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken)
    {
        Recycled.AddRange(jobs);
        return Task.FromResult(jobs.Count);
    }

    public Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken) => Task.FromResult(Moves);

    public Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Wanted.Add(wanted);
            if (Batches.TryDequeue(out var batch))
            {
                return Task.FromResult(batch(worker));
            }

            var taken = _ready.AsEnumerable().Reverse().Take(wanted.Slots + Math.Min(wanted.Ahead, (_ready.Count - wanted.Slots) / 2)).ToList();
            _ready.RemoveRange(_ready.Count - taken.Count, taken.Count);
            return Task.FromResult(new FetchedBatch(
                FetchCode.Run, [.. taken.Select(envelope => Hold(envelope, worker))], NextDue: null));
        }
    }

    public Task<Settlement> FinishAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        Settle("finish", delivery, Text(result));

    public Task<Settlement> EndReplacedAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        Settle("end_replaced", delivery, Text(result));

    public Task<Settlement> RetryAsync(
        Delivery delivery, string jobName, byte[] nextEnvelope, TimeSpan delay, CancellationToken cancellationToken)
    {
        LastDelay = delay;
        return Settle("retry", delivery, Text(nextEnvelope));
    }

    public Task<Settlement> DeadLetterAsync(Delivery delivery, DeadLetter letter, CancellationToken cancellationToken)
    {
        LastLetter = letter;
        return Settle("dead_letter", delivery, Text(letter.Result ?? []));
    }

    public Task<Settlement> ParkAsync(Delivery delivery, CancellationToken cancellationToken) => Settle("park", delivery, "");

    public Task<Settlement> GiveBackAsync(Delivery delivery, CancellationToken cancellationToken) =>
        Settle("give_back", delivery, "");

    public Task<Settlement> HandBackAsync(string worker, IReadOnlyList<byte[]> envelopes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var envelope in envelopes.Reverse())
            {
                ListOf(worker).Remove(envelope);
                _ready.Add(envelope);
                Settled.Add(("hand_back", new Delivery(envelope, worker), ""));
            }
        }

        return Task.FromResult(Settlement.Done);
    }

    public Task<IReadOnlyList<byte[]>> ListProcessingAsync(string worker, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<byte[]>>([.. ListOf(worker)]);
        }
    }

    private async Task<Settlement> Settle(string exit, Delivery delivery, string written)
    {
        await Task.Yield();
        var reply = Reply;
        Interlocked.Increment(ref _waiting);
        await reply;
        lock (_lock)
        {
            if (Answers.TryDequeue(out var answer))
            {
                return answer();
            }

            var index = ListOf(delivery.Worker).FindIndex(envelope => envelope.AsSpan().SequenceEqual(delivery.Envelope));
            if (index < 0)
            {
                return LateSettlement.Of(!Recovered.Contains(delivery.Worker));
            }

            ListOf(delivery.Worker).RemoveAt(index);
            Settled.Add((exit, delivery, written));
            return Settlement.Done;
        }
    }

    private List<byte[]> ListOf(string worker)
    {
        if (!Processing.TryGetValue(worker, out var list))
        {
            Processing[worker] = list = [];
        }

        return list;
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
