using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>A delivery in this process: read ahead, running, or on its way out.</summary>
/// <param name="number">Under which it is kept: two deliveries may have the same bytes.</param>
/// <param name="delivery">What was fetched.</param>
/// <param name="since">A time stamp of when.</param>
/// <param name="abandoned">Called when it is settled while its handler still runs.</param>
internal sealed class HeldJob(long number, Delivery delivery, long since, Action<HeldJob> abandoned)
{
    private readonly Lock _lock = new();
    private JobRun? _run;
    private CancelReason _reason;

    public long Number { get; } = number;

    public Delivery Delivery { get; } = delivery;

    public long Since { get; } = since;

    /// <summary>Null until it has begun.</summary>
    public JobRun? Run => Volatile.Read(ref _run);

    /// <summary>Set when the delivery has left the processing list; the handler may run on.</summary>
    public Latch Settled { get; } = new();

    /// <summary>Whether its handler runs on although it is settled.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Whether others have taken it before it had begun.</summary>
    public bool IsLost
    {
        get
        {
            lock (_lock)
            {
                return _reason == CancelReason.Lost && _run is null;
            }
        }
    }

    public void Begin(JobRun run)
    {
        run.Abandoned = Abandon;
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

    private void Abandon()
    {
        IsAbandoned = true;
        abandoned(this);
        Settled.Set();
    }
}
