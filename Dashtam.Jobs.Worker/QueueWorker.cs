using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Lease;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;

namespace Dashtam.Jobs.Worker;

/// <summary>
/// What a worker does for one of its queues. Each queue has a lease, a heartbeat, a pump and loops of its own, so that nothing of one
/// queue waits for the Redis of another; slots, read-ahead and runs are the worker's.
/// </summary>
internal sealed class QueueWorker
{
    /// <param name="queue">The queue.</param>
    /// <param name="share">Its part of the slots.</param>
    /// <param name="services">What all queues share.</param>
    public QueueWorker(JobQueue queue, QueueShare share, IServiceProvider services)
    {
        Queue = queue;
        var known = share.IsOnly ? services : new QueueLogging(services, queue.Name);
        Session = Make<WorkerSession>(queue.Registry, queue.Rights);
        Clock = Make<WorkerClock>();
        Judge = Make<JudgeWatch>(Session);
        Fetching = Make<Freshness>();
        Audit = Make<ProcessingAudit>(queue.Name, queue.Processing, Session);
        Parked = Make<ParkedJobsLoop>(queue.Parked);
        DeadLetters = Make<DeadLettersLoop>(queue.DeadLetters);
        Recovery = Make<RecoveryLoop>(queue.Registry, Session, Judge);
        Heartbeat = Make<HeartbeatLoop>(queue.Lease, Session, Audit, Parked, Clock, Make<SettlementWatch>(queue.Name));
        Wake = Make<WakeLoop>(queue.Waiter);
        Jobs = Make<JobsCheck>(queue.Jobs, Session);
        Pump = Make<QueuePump>(queue.Fetcher, Session, share, Make<ReadyWait>(queue.Waiter, Session, Audit, Fetching), Audit, Fetching);

        T Make<T>(params object[] own) => ActivatorUtilities.CreateInstance<T>(known, own);
    }

    /// <summary>The queue.</summary>
    public JobQueue Queue { get; }

    /// <summary>Under which name this worker holds the queue's jobs.</summary>
    public WorkerSession Session { get; }

    /// <summary>This machine's clock beside that of the queue's Redis.</summary>
    public WorkerClock Clock { get; }

    /// <summary>Whether it may declare other workers of the queue dead.</summary>
    public JudgeWatch Judge { get; }

    /// <summary>When jobs were last fetched.</summary>
    public Freshness Fetching { get; }

    /// <summary>What of the queue's jobs nobody here knows.</summary>
    public ProcessingAudit Audit { get; }

    /// <summary>Renews the lease.</summary>
    public HeartbeatLoop Heartbeat { get; }

    /// <summary>Recovers jobs of dead workers.</summary>
    public RecoveryLoop Recovery { get; }

    /// <summary>Looks after parked jobs.</summary>
    public ParkedJobsLoop Parked { get; }

    /// <summary>Ends old dead letters.</summary>
    public DeadLettersLoop DeadLetters { get; }

    /// <summary>Compares the jobs that workers know.</summary>
    public JobsCheck Jobs { get; }

    /// <summary>Hears of delayed jobs.</summary>
    public WakeLoop Wake { get; }

    /// <summary>Fetches.</summary>
    public QueuePump Pump { get; }
}
