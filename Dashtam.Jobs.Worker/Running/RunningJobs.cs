using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>What this process holds: jobs that were read ahead, that run, and that are on their way out.</summary>
internal sealed class RunningJobs(HeldBytes bytes, IOptions<TimeoutOptions> timeouts, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<Run, bool> _held = new(ReferenceEqualityComparer.Instance);
    /// <summary>Names, of all queues, that were fenced last: a reply to one is awaited for less than a lease.</summary>
    private const int FencedRemembered = 64;

    private readonly CancellationTokenSource _exit = new();
    private TaskCompletionSource? _drained;
    private int _abandoned;
    private volatile Run? _alone;
    private volatile string[] _fenced = [];

    /// <summary>The bytes of what is held.</summary>
    public HeldBytes Bytes { get; } = bytes;

    /// <summary>Whether the process ends, and nothing is begun or settled any more.</summary>
    public bool IsExiting => _exit.IsCancellationRequested;

    /// <summary>Deliveries that are held and not settled yet.</summary>
    public int Count => Unsettled.Count();

    /// <summary>Those of them whose handlers run; the rest awaits its start or its settlement.</summary>
    public int InHandlers => Begun.Count(run => run.State != RunState.Returned);

    /// <summary>Handlers that run on although their job is settled: they ignored their cancellation, and cost their slots.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>The suspect that runs here, beside which nothing does; null: none.</summary>
    public Run? Alone
    {
        get => _alone;
        set => _alone = value;
    }

    /// <summary>Whether a suspect runs here, beside which nothing does.</summary>
    public bool IsAlone => _alone is not null;

    /// <summary>Whether the handler of a suspect that runs alone is abandoned: nothing else can run here until it returns.</summary>
    public bool IsSuspectAbandoned => _alone is { State: RunState.Settled };

    /// <summary>Deliveries that are held and not settled yet.</summary>
    public IReadOnlyList<Delivery> All => [.. Unsettled.Select(run => run.Delivery)];

    /// <summary>Runs that have begun and are not settled.</summary>
    public IEnumerable<Run> Begun => Unsettled.Where(run => run.State != RunState.Held);

    private IEnumerable<Run> Held => _held.Select(pair => pair.Key);

    private IEnumerable<Run> Unsettled => Held.Where(run => run.IsUnsettled);

    /// <summary>The jobs of abandoned handlers that are tried again.</summary>
    public IReadOnlyCollection<HangingJob> Hanging() =>
    [
        .. Held.Where(run => run is { State: RunState.Settled, NextHash: not null })
            .Select(run => new HangingJob(run.NextHash!, run == _alone, run.Delivery.Queue))
            .Distinct(),
    ];

    /// <summary>Runs that are not settled although their handlers have returned, or have had their time and their grace.</summary>
    public IEnumerable<Run> Overdue() => Begun.Where(run =>
        run.State == RunState.Returned || time.GetElapsedTime(run.StartedAt) > run.Timeout + timeouts.Value.Grace);

    /// <summary>Deliveries that were fetched under one name.</summary>
    public IReadOnlyList<Delivery> HeldBy(string worker) => [.. All.Where(delivery => delivery.Worker == worker)];

    /// <summary>Of the jobs that were fetched under one name, those that run.</summary>
    public int RunningUnder(string worker) => Begun.Count(run => run.Delivery.Worker == worker);

    /// <summary>Of the runs under one name, the one whose time, with its grace, is up first or has been up for longest; null: nothing runs.</summary>
    public OldestRun? Oldest(string worker) => Begun.Where(run => run.Delivery.Worker == worker)
        .Select(run => new OldestRun(
            run.Envelope.TaskId, time.GetElapsedTime(run.StartedAt), run.Timeout + timeouts.Value.Grace))
        .MinBy(run => run.Limit - run.Age);

    /// <summary>Holds a delivery from now on, before its run begins: a comparison with the processing list must find it.</summary>
    public Run Hold(Delivery delivery)
    {
        var run = new Run(delivery, time.GetTimestamp(), _exit.Token, Moved);
        Bytes.Add(delivery.Envelope.Length);
        _held[run] = true;
        if (_fenced.Contains(delivery.Worker, StringComparer.Ordinal))
        {
            run.Cancel(CancelReason.Fenced);
        }

        return run;
    }

    /// <summary>
    /// Cancels what was fetched under one name, or everything. What comes later under a name that was fenced, because its reply was
    /// on its way, does not run.
    /// </summary>
    public int Cancel(CancelReason reason, string? worker = null)
    {
        if (reason == CancelReason.Fenced && worker is not null)
        {
            _fenced = [worker, .. _fenced.Take(FencedRemembered - 1)];
        }

        var cancelled = 0;
        foreach (var run in Held.Where(run => worker is null || run.Delivery.Worker == worker))
        {
            run.Cancel(reason);
            cancelled++;
        }

        return cancelled;
    }

    /// <summary>True when everything was settled within the limit.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _drained, drained); // with a fence: what is counted below and settled later sees it
        if (Count > 0)
        {
            await drained.Task.WaitAsync(limit, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Count == 0;
    }

    /// <summary>The process ends: nobody tries to settle anything any more.</summary>
    public void StopSettling() => _exit.Cancel();

    public void Dispose() => _exit.Dispose();

    private void Moved(Run run, RunState before, RunState after)
    {
        if (after == RunState.Ended)
        {
            _held.TryRemove(run, out _);
        }

        if (before == RunState.Settled)
        {
            Interlocked.Decrement(ref _abandoned);
        }
        else if (after is RunState.Settled or RunState.Ended)
        {
            Bytes.Remove(run.Delivery.Envelope.Length); // handlers that never return must not use up the budget for good
            if (after == RunState.Settled)
            {
                Interlocked.Increment(ref _abandoned);
            }

            if (_drained is { } drained && Count == 0)
            {
                drained.TrySetResult();
            }
        }
    }
}
