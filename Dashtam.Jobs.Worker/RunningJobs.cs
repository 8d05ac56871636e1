using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Worker;

/// <summary>What this process holds, and starts what it is handed.</summary>
internal sealed class RunningJobs(JobExecutor executor) : IDisposable
{
    private readonly ConcurrentDictionary<long, Held> _held = new();
    private readonly CancellationTokenSource _exit = new();
    private long _number;

    /// <summary>Deliveries that are held.</summary>
    public int Count => _held.Count;

    /// <summary>Deliveries that were fetched under one name.</summary>
    public IReadOnlyList<Delivery> HeldBy(string worker) =>
        [.. _held.Values.Select(held => held.Delivery).Where(delivery => delivery.Worker == worker)];

    /// <summary>All deliveries that are held.</summary>
    public IReadOnlyList<Delivery> All => [.. _held.Values.Select(held => held.Delivery)];

    /// <summary>Starts a delivery on a slot that the caller has taken for it; the slot is released when the handler returned.</summary>
    public void Start(Delivery delivery, Slots slots)
    {
        var held = new Held(delivery);
        var number = Interlocked.Increment(ref _number);
        _held[number] = held; // before the run begins: a comparison with the processing list must find it
        held.Completion = Task.Run(() => RunAsync(number, held, slots), CancellationToken.None);
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

    /// <summary>True when everything ended within the limit.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_held.Values.Select(held => held.Completion)).WaitAsync(limit, time, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // What is still held is the answer.
        }

        return _held.IsEmpty;
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
            _held.TryRemove(number, out _);
            slots.Release();
        }
    }

    private sealed class Held(Delivery delivery)
    {
        private readonly Lock _lock = new();
        private JobRun? _run;
        private CancelReason _reason;

        public Delivery Delivery { get; } = delivery;

        public Task Completion { get; set; } = Task.CompletedTask;

        public void Begin(JobRun run)
        {
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
