using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Progress;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>A job in flight in this process, from its fetch until it is settled and its handler has returned.</summary>
/// <param name="delivery">What was fetched.</param>
/// <param name="heldSince">A time stamp of when.</param>
/// <param name="settleToken">Ends the attempts to settle the run: cancelled right before the process exits, not before.</param>
/// <param name="moved">Told of each move: the state before, and the state after.</param>
internal sealed class Run(
    Delivery delivery, long heldSince, CancellationToken settleToken, Action<Run, RunState, RunState>? moved = null)
    : IProgressSource, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    // Completes on the thread that has the outcome: in the ordinary case no other thread takes part.
    private readonly TaskCompletionSource<JobOutcome> _outcome = new();
    private RunMeans? _means;
    private JobProgress? _progress;
    private int _state;
    private int _reason;
    private int _settlementAnswers;

    public Delivery Delivery { get; private set; } = delivery;

    public long HeldSince { get; } = heldSince;

    public CancellationToken SettleToken { get; } = settleToken;

    /// <summary>Where the run is now.</summary>
    public RunState State => (RunState)Volatile.Read(ref _state);

    /// <summary>Whether the job has not left yet, as far as this process knows.</summary>
    public bool IsUnsettled => State is not (RunState.Settled or RunState.Ended);

    /// <summary>Known from <see cref="Begin"/> on, as is what follows.</summary>
    public JobEnvelope Envelope { get; private set; } = null!;

    public JobDescriptor Job { get; private set; } = null!;

    public JobContext Context { get; private set; } = null!;

    /// <summary>A time stamp of the <see cref="TimeProvider"/>.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Attempts that the envelope, or else the job, asks for.</summary>
    public int AttemptsAsked => Envelope.Labels.RetryOnError ?? Job.Declaration.RetryOnError
        ? Envelope.Labels.MaxRetries ?? Job.Declaration.MaxRetries
        : 1;

    /// <summary>The envelope's timeout, else the job's.</summary>
    public TimeSpan Timeout => Envelope.Labels.Timeout ?? Job.Timeout;

    /// <summary>How far it says that it has come; null: it says nothing.</summary>
    public JobProgress? Progress => Volatile.Read(ref _progress);

    /// <summary>The first reason that was given.</summary>
    public CancelReason CancelledBecause => (CancelReason)Volatile.Read(ref _reason);

    /// <summary>Cancelled with the run.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>How a run ends that its cancellation ended; null: it is not cancelled.</summary>
    public JobOutcome? CancelledOutcome => CancelledBecause switch
    {
        CancelReason.None => null,
        CancelReason.Timeout => new JobOutcome.TimedOut(Timeout),
        CancelReason.Drain => new JobOutcome.GivenBack(),
        CancelReason.Fenced => new JobOutcome.Fenced(),
        CancelReason.Replaced => new JobOutcome.Replaced(),
        var reason => throw new InvalidOperationException($"no outcome is known for {reason}"),
    };

    /// <summary>Set when the slot may go on: with the handler, which it is to call, or without, because none is to be called.</summary>
    public Latch Ready { get; } = new();

    /// <summary>What the handler is called in: the stages' logging scopes are part of it.</summary>
    public ExecutionContext? Ambient { get; private set; }

    /// <summary>Since when its handler has been seen to block although it is cancelled; a time stamp.</summary>
    public long? BlockedSince { get; set; }

    /// <summary>SHA-1 of the next attempt's envelope, when the job is tried again while its handler still runs.</summary>
    public string? NextHash { get; set; }

    /// <summary>Answers of Redis to its settlement so far, also those that refuse it.</summary>
    public int SettlementAnswers => Volatile.Read(ref _settlementAnswers);

    /// <summary>
    /// Since when it has been seen to be over and not settled, and the answers there were then; the heartbeat's thread alone
    /// writes it.
    /// </summary>
    public (long Since, int Answers)? OverdueSince { get; set; }

    /// <summary>The stages begin.</summary>
    /// <param name="delivery">What was fetched, and what the envelope says of it.</param>
    /// <param name="envelope">The envelope.</param>
    /// <param name="job">What it names.</param>
    /// <param name="means">What runs need.</param>
    public void Begin(Delivery delivery, JobEnvelope envelope, JobDescriptor job, RunMeans means)
    {
        (Delivery, Envelope, Job, _means, StartedAt) = (delivery, envelope, job, means, means.Time.GetTimestamp());
        Context = new(
            envelope.TaskId, job.Name, envelope.Labels.FailedAttempts + 1, Math.Min(AttemptsAsked, means.MostAttempts),
            delivery.Worker, envelope.Labels)
        {
            Queue = delivery.Queue,
            Fence = new DeliveryFence(means.Fences, delivery),
            Progress = this,
        };
        Move(RunStep.Begin);
    }

    /// <summary>Moves the run on, and tells who keeps count.</summary>
    /// <returns>The state before; when that is the state now, the step came too late.</returns>
    /// <exception cref="InvalidOperationException">The step is a mistake.</exception>
    public RunState Move(RunStep step)
    {
        RunState before, after;
        do
        {
            before = State;
            after = before.After(step);
        }
        while (Interlocked.CompareExchange(ref _state, (int)after, (int)before) != (int)before);

        if (after == before)
        {
            return before;
        }

        if (step is RunStep.Skip or RunStep.Settle)
        {
            Ready.Set();
        }

        if (after == RunState.Ended)
        {
            Dispose();
        }

        moved?.Invoke(this, before, after);
        return before;
    }

    /// <summary>Hands the handler to the slot; the task ends with what becomes of it.</summary>
    public Task<JobOutcome> HandOver()
    {
        Ambient = ExecutionContext.Capture();
        Ready.Set();
        return _outcome.Task;
    }

    /// <summary>The stages go on with this outcome, on this thread.</summary>
    public void GoOn(JobOutcome outcome) => _outcome.SetResult(outcome);

    /// <summary>The stages go on with a defect.</summary>
    public void Fail(Exception error) => _outcome.SetException(error);

    public JobProgress Open() => LazyInitializer.EnsureInitialized(
        ref _progress, () => new JobProgress(_means!.Progress, Delivery, Envelope.TaskId, _means.Time))!;

    /// <summary>Redis has answered a try to settle it.</summary>
    public void SettlementAnswered() => Interlocked.Increment(ref _settlementAnswers);

    /// <summary>Cancels the run; the first reason counts.</summary>
    public void Cancel(CancelReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)CancelReason.None) == (int)CancelReason.None)
        {
            try
            {
                // Asynchronously: what a handler registered on the token must not run on, or throw into, the caller.
                _ = _cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The run ended in this very moment; there is nothing left to cancel.
            }
        }
    }

    /// <summary>Called at the run's end.</summary>
    public void Dispose() => _cancellation.Dispose();
}
