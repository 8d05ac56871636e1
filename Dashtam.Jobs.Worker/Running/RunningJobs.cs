using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution.Pipeline;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>What this process holds: it runs jobs on the slots, and keeps those that were read ahead until one is free.</summary>
internal sealed partial class RunningJobs : IDisposable
{
    /// <summary>
    /// A slot is free as soon as its handler has returned, while the result is still on its way; not so any more when so many
    /// are on their way.
    /// </summary>
    private const int MostUnsettled = 1_024;

    /// <summary>
    /// How long a slot runs short jobs one after the other before it lets others have the thread; and how long all together do:
    /// what else waits for a thread comes after all of them.
    /// </summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(0.25);
    private static readonly TimeSpan LongestRound = TimeSpan.FromMilliseconds(2.5);

    private readonly JobExecutor _executor;
    private readonly IJobExits _exits;
    private readonly Slots _slots;
    private readonly IOptions<TimeoutOptions> _timeouts;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, HeldJob> _held = new();
    private readonly CancellationTokenSource _exit = new();
    private readonly ReadAhead _ahead;
    private readonly Action<HeldJob> _abandonedNow;
    private readonly TimeSpan _turn;
    private long _number;
    private int _begun;
    private int _abandoned;
    private volatile HeldJob? _alone;
    private volatile string? _lost;

    public RunningJobs(
        JobExecutor executor, IJobExits exits, Slots slots, HeldBytes bytes, IOptions<TimeoutOptions> timeouts, TimeProvider time)
    {
        Bytes = bytes;
        bytes.Room = slots.Signal;
        _executor = executor;
        _exits = exits;
        _slots = slots;
        _timeouts = timeouts;
        _time = time;
        _turn = LongestRound / slots.Count < LongestTurn ? LongestRound / slots.Count : LongestTurn;
        _abandonedNow = Abandon;
        _ahead = new ReadAhead(time, slots.Signal, overdue => _ = HandBackAsync(overdue));
    }

    /// <summary>The bytes of what is held.</summary>
    public HeldBytes Bytes { get; }

    /// <summary>Deliveries that are held and not settled yet.</summary>
    public int Count => Unsettled.Count();

    /// <summary>Those of them that run.</summary>
    public int Running => Unsettled.Count(held => held.Run is not null);

    /// <summary>Those of them whose handlers have not returned: the others await their settlement.</summary>
    public int InHandlers => Unsettled.Count(held => held.Run is { Returned.IsSet: false });

    /// <summary>Handlers that run on although their job is settled: they ignored their cancellation, and cost their slots.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>The jobs of those handlers that are tried again.</summary>
    public IReadOnlyCollection<HangingJob> Hanging() =>
    [
        .. _held.Values.Where(held => held.IsAbandoned && held.Run?.NextHash is not null)
            .Select(held => new HangingJob(held.Run!.NextHash!, held == _alone, held.Delivery.Queue))
            .Distinct(),
    ];

    /// <summary>Whether the handler of a suspect that runs alone is among them: nothing else can run here until it returns.</summary>
    public bool IsSuspectAbandoned => _alone is { IsAbandoned: true };

    /// <summary>Whether a suspect runs here, beside which nothing does.</summary>
    public bool IsAlone => _alone is not null;

    /// <summary>Runs that are not settled although their handlers have returned, or have had their time and their grace.</summary>
    public IEnumerable<JobRun> Overdue() => Unsettled.Select(held => held.Run).OfType<JobRun>().Where(run =>
        run.Returned.IsSet || _time.GetElapsedTime(run.StartedAt) > run.Timeout + _timeouts.Value.Grace);

    /// <summary>Deliveries that are held and not settled yet.</summary>
    public IReadOnlyList<Delivery> All => [.. Unsettled.Select(held => held.Delivery)];

    private IEnumerable<HeldJob> Unsettled => _held.Select(pair => pair.Value).Where(held => !held.Settled.IsSet);

    /// <summary>Those of them that were fetched under one name.</summary>
    public IReadOnlyList<Delivery> HeldBy(string worker) =>
        [.. Unsettled.Select(held => held.Delivery).Where(delivery => delivery.Worker == worker)];

    /// <summary>How many jobs may be read ahead now.</summary>
    public int RoomAhead() => _ahead.Room();

    /// <summary>Whether half of what was to be read ahead is gone already.</summary>
    public bool IsLowAhead => _ahead.IsLow;

    /// <summary>The run whose time, with its grace, is up first or has been up for longest; null: nothing runs.</summary>
    public OldestRun? Oldest() => Unsettled
        .Select(held => held.Run)
        .OfType<JobRun>()
        .Select(run => new OldestRun(
            run.Context.TaskId, _time.GetElapsedTime(run.StartedAt), run.Timeout + _timeouts.Value.Grace))
        .MinBy(run => run.Limit - run.Age);

    /// <summary>Starts a delivery on a slot that the caller has taken for it; the slot is released when nothing waits for it.</summary>
    public void Start(Delivery delivery) => Start(Hold(delivery));

    /// <summary>Keeps a delivery until a slot is free for it.</summary>
    public void KeepAhead(Delivery delivery) => _ahead.Add(Hold(delivery));

    /// <summary>Starts one that was read ahead on a slot that the caller has taken for it; false: none waits.</summary>
    public bool TryStartAhead()
    {
        var held = _ahead.Take();
        if (held is not null)
        {
            Start(held);
        }

        return held is not null;
    }

    /// <summary>Runs a delivery, on a slot that the caller has taken, and releases the slot when all of it has ended.</summary>
    public async Task RunAloneAsync(Delivery delivery)
    {
        var held = Hold(delivery);
        _alone = held;
        await Task.Run(() => ExecuteAsync(held), CancellationToken.None);
        _alone = null;
        _slots.Release();
    }

    /// <summary>
    /// Cancels what was fetched under one name, or everything. What comes later under a name that was lost, because its reply was
    /// on its way, does not run.
    /// </summary>
    public int Cancel(CancelReason reason, string? worker = null)
    {
        _lost = reason == CancelReason.Lost ? worker : _lost; // the last one: a reply is awaited for less than a lease
        var cancelled = 0;
        foreach (var held in _held.Values.Where(held => worker is null || held.Delivery.Worker == worker))
        {
            held.Cancel(reason);
            cancelled++;
        }

        return cancelled;
    }

    /// <summary>Puts what was read ahead back into the queue, where others take it first.</summary>
    public Task HandBackAsync() => HandBackAsync(_ahead.TakeAll());

    /// <summary>True when everything was settled within the limit.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var settled = Task.WhenAll(_held.Values.Select(held => held.Settled.Task));
        await settled.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Count == 0;
    }

    /// <summary>The process ends: nobody tries to settle anything any more.</summary>
    public void StopSettling() => _exit.Cancel();

    public void Dispose()
    {
        _ahead.Dispose();
        _exit.Dispose();
    }

    private HeldJob Hold(Delivery delivery)
    {
        var held = new HeldJob(Interlocked.Increment(ref _number), delivery, _time.GetTimestamp(), _abandonedNow);
        Bytes.Add(delivery.Envelope.Length);
        _held[held.Number] = held; // before the run begins: a comparison with the processing list must find it
        if (delivery.Worker == _lost)
        {
            held.Cancel(CancelReason.Lost);
        }

        return held;
    }

    // On the thread pool: the pump must not wait for a handler that blocks.
    private void Start(HeldJob held) => ThreadPool.UnsafeQueueUserWorkItem(
        static work => _ = work.Jobs.RunSlotAsync(work.Held), (Jobs: this, Held: held), preferLocal: false);

    /// <summary>One slot: a job, and then whatever was read ahead, until nothing is left.</summary>
    private async Task RunSlotAsync(HeldJob first)
    {
        var turn = _time.GetTimestamp();
        for (var held = first; held is not null; held = _ahead.Take())
        {
            var whole = ExecuteAsync(held);
            if (!whole.IsCompleted && held.Run is not { Returned.IsSet: true })
            {
                // Not on the thread of whatever the handler waited for: the next one may block.
                await (held.Run is { } run ? run.Returned.Task : whole).ConfigureAwait(
                    ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
            }

            _ahead.Ended();
            if (Volatile.Read(ref _begun) > MostUnsettled + _slots.Count)
            {
                // Not on the thread that tells others of a group that they are settled: the next handler may block.
                await whole.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (_time.GetElapsedTime(turn) > _turn)
            {
                await Task.Yield(); // the pool's threads are few: replies of Redis must not wait until nothing is left to run
                turn = _time.GetTimestamp();
            }
        }

        _slots.Release();
    }

    /// <summary>Runs and settles; does not fail.</summary>
    private async Task ExecuteAsync(HeldJob held)
    {
        if (_exit.IsCancellationRequested)
        {
            return; // what has not begun is given back, and others may have it already
        }

        if (held.IsLost)
        {
            Forget(held);
            return;
        }

        Interlocked.Increment(ref _begun);
        try
        {
            await _executor.ExecuteAsync(held.Delivery, held.Begin, _exit.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _begun);
            Forget(held);
        }
    }

    private void Forget(HeldJob held)
    {
        held.Settled.Set();
        _held.TryRemove(held.Number, out _);
        if (held.IsAbandoned)
        {
            Interlocked.Decrement(ref _abandoned);
        }
        else
        {
            Bytes.Remove(held.Delivery.Envelope.Length);
        }
    }

    // Its bytes count no more: handlers that never return must not use up the budget for good.
    private void Abandon(HeldJob held)
    {
        Interlocked.Increment(ref _abandoned);
        Bytes.Remove(held.Delivery.Envelope.Length);
    }

    /// <summary>
    /// Tried once: a second try, after a reply that was lost, could take what this worker has fetched again meanwhile. What has
    /// not gone back is then a job in the processing list that nobody here knows, and <see cref="ProcessingAudit"/> finds it.
    /// </summary>
    private async Task HandBackAsync(IReadOnlyList<HeldJob> jobs)
    {
        foreach (var ofWorker in jobs.GroupBy(held => (held.Delivery.Queue, held.Delivery.Worker)))
        {
            try
            {
                await _exits.HandBackAsync([.. ofWorker.Select(held => held.Delivery)], CancellationToken.None);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // As said above.
            }

            foreach (var held in ofWorker)
            {
                Forget(held);
            }
        }
    }
}
