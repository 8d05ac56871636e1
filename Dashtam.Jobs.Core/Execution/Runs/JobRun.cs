using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Progress;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>Why a run is cancelled.</summary>
internal enum CancelReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Its timeout has passed.</summary>
    Timeout,

    /// <summary>The worker stops.</summary>
    Drain,

    /// <summary>The worker was recovered; the job is somebody else's.</summary>
    Lost,

    /// <summary>Its schedule fired again, and the overlap policy is to replace.</summary>
    Replaced,
}

/// <summary>One run of one delivery, on its way through the pipeline.</summary>
internal sealed class JobRun(
    Delivery delivery, JobEnvelope envelope, JobDescriptor job, long startedAt, CancellationToken settleToken)
    : IProgressSource, IDisposable
{
    private const int Called = 1;
    private const int CameBack = 2;
    private const int GivenUp = 3;

    private readonly CancellationTokenSource _cancellation = new();
    private JobProgress? _progress;
    private int _handlerCall;
    private int _reason;
    private int _settlementAnswers;

    public Delivery Delivery { get; } = delivery;

    public JobEnvelope Envelope { get; } = envelope;

    public JobDescriptor Job { get; } = job;

    /// <summary>A time stamp of the <see cref="TimeProvider"/>.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>Ends the attempts to settle the run: cancelled right before the process exits, not before.</summary>
    public CancellationToken SettleToken { get; } = settleToken;

    /// <summary>Where the run's fence token comes from.</summary>
    public required DeliveryFence Fence { get; init; }

    /// <summary>What its progress is made of.</summary>
    public required Func<JobRun, JobProgress> NewProgress { get; init; }

    /// <summary>How far it says that it has come; null: it says nothing.</summary>
    public JobProgress? Progress => Volatile.Read(ref _progress);

    /// <summary>Attempts that any job has at most.</summary>
    public int MostAttempts { get; init; } = int.MaxValue;

    /// <summary>Attempts that the envelope, or else the job, asks for.</summary>
    public int AttemptsAsked => MaxRuns(Envelope, Job);

    public JobContext Context => field ??= new(
        Envelope.TaskId,
        Job.Name,
        Envelope.Labels.FailedAttempts + 1,
        Math.Min(AttemptsAsked, MostAttempts),
        Delivery.Worker,
        Envelope.Labels)
    {
        Fence = Fence,
        Progress = this,
    };

    /// <summary>The envelope's timeout, else the job's.</summary>
    public TimeSpan Timeout => Envelope.Labels.Timeout ?? Job.Timeout;

    /// <summary>The first reason that was given.</summary>
    public CancelReason CancelledBecause => (CancelReason)Volatile.Read(ref _reason);

    /// <summary>Cancelled with the run.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>
    /// The handler's own task; it may outlive the pipeline when the handler ignores cancellation, and then costs its slot.
    /// </summary>
    public Task Handler { get; set; } = Task.CompletedTask;

    /// <summary>Called when the job is settled while its handler still runs.</summary>
    public Action? Abandoned { get; set; }

    /// <summary>SHA-1 of the next attempt's envelope, when the job is tried again while its handler still runs.</summary>
    public string? NextHash { get; set; }

    /// <summary>Set when the handler has returned, or will not be called: its slot is free.</summary>
    public Latch Returned { get; } = new();

    /// <summary>Whether the handler has been called and has not come to its first wait yet.</summary>
    public bool IsInHandler => Volatile.Read(ref _handlerCall) == Called;

    /// <summary>Whether the job goes its way without its handler, which blocks and ignores its cancellation.</summary>
    public bool IsGivenUp => Volatile.Read(ref _handlerCall) == GivenUp;

    /// <summary>Since when it has been seen to block although it is cancelled; a time stamp.</summary>
    public long? BlockedSince { get; set; }

    /// <summary>Answers of Redis to its settlement so far, also those that refuse it.</summary>
    public int SettlementAnswers => Volatile.Read(ref _settlementAnswers);

    /// <summary>
    /// Since when it has been seen to be over and not settled, and the answers there were then; the heartbeat's thread alone
    /// writes it.
    /// </summary>
    public (long Since, int Answers)? OverdueSince { get; set; }

    /// <summary>Set when what <see cref="TryGiveUp"/> began has come to its end.</summary>
    public Latch GoneOn { get; } = new();

    /// <summary>The handler is called, on the thread of its slot.</summary>
    public void EnterHandler() => Volatile.Write(ref _handlerCall, Called);

    /// <summary>The call came back, perhaps with a task that is not complete; false: the job has gone on without it.</summary>
    public bool LeaveHandler() => Interlocked.CompareExchange(ref _handlerCall, CameBack, Called) == Called;

    /// <summary>The job goes on without its handler; false: it has just come back, and nothing is to be done.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _handlerCall, GivenUp, Called) == Called;

    public JobProgress Open() => LazyInitializer.EnsureInitialized(ref _progress, () => NewProgress(this))!;

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

    public void Dispose() => _cancellation.Dispose();

    private static int MaxRuns(JobEnvelope envelope, JobDescriptor job)
    {
        var retries = envelope.Labels.RetryOnError ?? job.Declaration.RetryOnError;
        return retries ? envelope.Labels.MaxRetries ?? job.Declaration.MaxRetries : 1;
    }
}
