using System.Diagnostics;
using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>
/// A queue in memory, workers' side: the model that is compared with Redis, which writes down what it was asked and can be made to fail.
/// </summary>
/// <remarks>A worker is registered when it is first named; <see cref="Recover"/> ends that.</remarks>
internal sealed class FakeJobQueue : IJobFetcher, IJobExits, IProcessingJobs
{
    private readonly Lock _lock = new();
    private readonly QueueModel _model = new(parkedMax: int.MaxValue, deadMax: int.MaxValue);
    private readonly HashSet<string> _recovered = new(StringComparer.Ordinal);
    private int _waiting;

    /// <summary>What was settled, in order: the script's name and what it wrote.</summary>
    public List<(string Exit, Delivery Delivery, string Written)> Settled { get; } = [];

    /// <summary>How they left, in order.</summary>
    public List<ExitKind> Exits { get; } = [];

    /// <summary>The answers to the next settlements; after them, what the model says.</summary>
    public Queue<Func<Settlement>> Answers { get; } = new();

    /// <summary>What every settlement waits for.</summary>
    public Task Reply { get; set; } = Task.CompletedTask;

    /// <summary>Settlements so far that wait, or have waited, for a <see cref="Reply"/>: another one does not reach these.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The pause of the last retry.</summary>
    public TimeSpan? LastDelay { get; private set; }

    /// <summary>The last dead letter.</summary>
    public DeadLetter? LastLetter { get; private set; }

    /// <summary>What the next fetches answer instead of what the model says.</summary>
    public Queue<Func<string, FetchedBatch>> Batches { get; } = new();

    /// <summary>What each fetch asked for.</summary>
    public List<FetchRequest> Wanted { get; } = [];

    /// <summary>Fetches so far.</summary>
    public int Fetches => Wanted.Count;

    /// <summary>What was counted as moved by recycles.</summary>
    public List<HangingJob> Recycled { get; } = [];

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
            _model.Push(Job(envelope));
        }
    }

    /// <summary>Puts a job into a worker's hands.</summary>
    public Delivery Hold(byte[] envelope, string worker)
    {
        lock (_lock)
        {
            HeldBy(worker).Add(Job(envelope));
            return new Delivery(envelope, worker);
        }
    }

    /// <summary>Moves what a worker holds, as if its lease had run out.</summary>
    public void Recover(string worker)
    {
        lock (_lock)
        {
            _recovered.Add(worker);
            _model.Recover(worker);
        }
    }

    public Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken)
    {
        Recycled.AddRange(jobs);
        return Task.FromResult(jobs.Count);
    }

    public Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_model.Suspects.GetValueOrDefault(Job(envelope)));
        }
    }

    public Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Wanted.Add(wanted);
            if (Batches.TryDequeue(out var batch))
            {
                return Task.FromResult(batch(worker));
            }

            Meet(worker);
            var (code, jobs) = _model.Fetch(worker, wanted.Slots, wanted.Ahead, wanted.MayRunAlone);
            var alone = code == FetchCode.RunAlone;
            return Task.FromResult(new FetchedBatch(
                code,
                [.. jobs.Select(job => new Delivery(Envelope(job), worker, alone ? _model.Suspects.GetValueOrDefault(job) : 0))],
                NextDue: null));
        }
    }

    public Task<Settlement> LeaveAsync(Delivery delivery, Exit exit, CancellationToken cancellationToken)
    {
        LastDelay = exit is Exit.Retried { Delay: var delay } ? delay : LastDelay;
        LastLetter = exit is Exit.Dead { Letter: var letter } ? letter : LastLetter;
        return exit switch
        {
            Exit.Finished finished => SettleAsync("finish", delivery, exit, finished.Result, _model.Finish),
            Exit.Replaced replaced => SettleAsync("end_replaced", delivery, exit, replaced.Result, _model.EndReplaced),
            Exit.Retried retried => SettleAsync("retry", delivery, exit, retried.NextEnvelope, (worker, job) => retried.Hangs
                ? _model.RetryHanging(worker, job, Job(retried.NextEnvelope))
                : _model.Retry(worker, job, Job(retried.NextEnvelope))),
            Exit.Dead dead => SettleAsync("dead_letter", delivery, exit, dead.Letter.Result ?? [], _model.DeadLetter),
            Exit.Parked => SettleAsync("park", delivery, exit, [], _model.Park),
            Exit.GivenBack { Hangs: true } => SettleAsync("give_back", delivery, exit, [], _model.GiveBackHanging),
            Exit.GivenBack => SettleAsync("give_back", delivery, exit, [], _model.GiveBack),
            _ => throw new UnreachableException($"{exit}"),
        };
    }

    public Task<Settlement> HandBackAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var worker = deliveries[0].Worker;
            Meet(worker);
            Settled.AddRange(deliveries.Reverse().Select(delivery => ("hand_back", delivery, "")));
            return Task.FromResult(_model.HandBack(worker, [.. deliveries.Select(delivery => Job(delivery.Envelope))]));
        }
    }

    public Task<IReadOnlyList<byte[]>> ListAsync(string worker, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<byte[]>>([.. HeldBy(worker).Select(Envelope)]);
        }
    }

    private async Task<Settlement> SettleAsync(
        string script, Delivery delivery, Exit exit, byte[] written, Func<string, string, Settlement> settle)
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

            Meet(delivery.Worker);
            var settlement = settle(delivery.Worker, Job(delivery.Envelope));
            if (settlement == Settlement.Done)
            {
                Settled.Add((script, delivery, Encoding.UTF8.GetString(written)));
                Exits.Add(exit.Kind);
            }

            return settlement;
        }
    }

    private List<string> HeldBy(string worker)
    {
        Meet(worker);
        return _model.HeldBy(worker);
    }

    private void Meet(string worker)
    {
        if (!_recovered.Contains(worker))
        {
            _model.Workers.Add(worker);
        }
    }

    // The model's jobs are texts, and each byte is one character of it.
    private static string Job(byte[] envelope) => Encoding.Latin1.GetString(envelope);

    private static byte[] Envelope(string job) => Encoding.Latin1.GetBytes(job);
}
