using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>What this process holds, and starts what it is handed.</summary>
internal sealed class RunningJobs(JobExecutor executor, IOptions<TimeoutOptions> timeouts, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<long, Held> _held = new();
    private readonly CancellationTokenSource _exit = new();
    private long _number;

    /// <summary>Deliveries that are held and not settled yet.</summary>
    public int Count => Unsettled.Count();

    /// <summary>Handlers that run on although their job is settled: they ignored their cancellation, and cost their slots.</summary>
    public int Abandoned => _held.Values.Count(held => held.Settled.IsCompleted);

    /// <summary>Deliveries that are held and not settled yet.</summary>
    public IReadOnlyList<Delivery> All => [.. Unsettled.Select(held => held.Delivery)];

    private IEnumerable<Held> Unsettled => _held.Values.Where(held => !held.Settled.IsCompleted);

    /// <summary>Those of them that were fetched under one name.</summary>
    public IReadOnlyList<Delivery> HeldBy(string worker) =>
        [.. Unsettled.Select(held => held.Delivery).Where(delivery => delivery.Worker == worker)];

    /// <summary>The run whose time, with its grace, is up first or has been up for longest; null: nothing runs.</summary>
    public OldestRun? Oldest() => Unsettled
        .Select(held => held.Run)
        .OfType<JobRun>()
        .Select(run => new OldestRun(
            run.Context.TaskId, time.GetElapsedTime(run.StartedAt), run.Timeout + timeouts.Value.Grace))
        .MinBy(run => run.Limit - run.Age);

    /// <summary>Starts a delivery on a slot that the caller has taken for it; the slot is released when the handler returned.</summary>
    /// <returns>Completes when the handler has returned; it does not fail.</returns>
    public Task Start(Delivery delivery, Slots slots)
    {
        var held = new Held(delivery);
        var number = Interlocked.Increment(ref _number);
        _held[number] = held; // before the run begins: a comparison with the processing list must find it
        return Task.Run(() => RunAsync(number, held, slots), CancellationToken.None);
    }

    /// <summary>Cancels what was fetched under one name, or everything.</summary>
    public int Cancel(CancelReason reason, string? worker = null)
    {
        var cancelled = 0;
        foreach (var held in _held.Values.Where(held => worker is null || held.Delivery.Worker == worker))
        {
            held.Cancel(reason);
            cancelled++;
        }

        return cancelled;
    }

    /// <summary>True when everything was settled within the limit.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var settled = Task.WhenAll(_held.Values.Select(held => held.Settled));
        await settled.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Count == 0;
    }

    /// <summary>The process ends: nobody tries to settle anything any more.</summary>
    public void StopSettling() => _exit.Cancel();

    public void Dispose() => _exit.Dispose();

    private async Task RunAsync(long number, Held held, Slots slots)
    {
        try
        {
            await executor.ExecuteAsync(held.Delivery, held.Begin, _exit.Token);
        }
        finally
        {
            held.MarkSettled();
            _held.TryRemove(number, out _);
            slots.Release();
        }
    }

    private sealed class Held(Delivery delivery)
    {
        private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private JobRun? _run;
        private CancelReason _reason;

        public Delivery Delivery { get; } = delivery;

        /// <summary>Null until it has begun.</summary>
        public JobRun? Run => Volatile.Read(ref _run);

        /// <summary>Completes when the delivery has left the processing list; the handler may run on.</summary>
        public Task Settled => _settled.Task;

        public void MarkSettled() => _settled.TrySetResult();

        public void Begin(JobRun run)
        {
            run.Abandoned = MarkSettled;
            lock (_lock)
            {
                _run = run;
                if (_reason != CancelReason.None)
                {
                    run.Cancel(_reason); // it was cancelled before it had begun
                }
            }
        }

        public void Cancel(CancelReason reason)
        {
            lock (_lock)
            {
                _reason = _reason == CancelReason.None ? reason : _reason;
                _run?.Cancel(reason);
            }
        }
    }
}
