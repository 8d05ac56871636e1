using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>How much a worker does at once, and how it stops.</summary>
internal sealed class WorkerOptions
{
    /// <summary>The variable that names the queues.</summary>
    public const string QueuesSetting = "WORKER_QUEUES";

    /// <summary>Jobs that run at once.</summary>
    [Setting("WORKER_CONCURRENCY"), Display(Name = "WORKER_CONCURRENCY"), Range(1, 10_000)]
    public int Concurrency { get; set; } = 10;

    /// <summary>
    /// The queues that a worker serves. With weights each gets its share of the job starts while all have jobs; without, a queue is served
    /// only while those before it have none. See <see href="docs/how-to/several-queues.md">several queues</see>.
    /// </summary>
    [Setting(QueuesSetting, Default = "`JOBS_QUEUE_NAME`", Allowed = QueueList.Rule), Display(Name = QueuesSetting), QueueList]
    public string? Queues { get; set; }

    /// <summary>How long running jobs may go on after SIGTERM.</summary>
    [Setting("WORKER_DRAIN_SECONDS"), Display(Name = "WORKER_DRAIN_SECONDS"), Range(0, 3_600)]
    public int DrainSeconds { get; set; } = 30;

    /// <summary>
    /// Percent of the slots that handlers may hold that ignore their cancellation; above it the worker drains and ends with exit
    /// code 75, to be started again.
    /// </summary>
    [Setting("WORKER_MAX_ABANDONED_PERCENT"), Display(Name = "WORKER_MAX_ABANDONED_PERCENT"), Range(0, 100)]
    public int MaxAbandonedPercent { get; set; } = 50;

    /// <summary>
    /// Bytes of envelopes that a worker holds, running and read ahead; having reached that number it fetches nothing until a job
    /// has ended, also while slots are free. One job is always taken, however large, so the number is exceeded by one envelope at
    /// most. An envelope costs about six times its bytes of memory.
    /// </summary>
    [Setting("WORKER_MAX_HELD_BYTES"), Display(Name = "WORKER_MAX_HELD_BYTES"), Range(1_048_576L, 1L << 40)]
    public long MaxHeldBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many slots that share is.</summary>
    public int MostAbandoned => Concurrency * MaxAbandonedPercent / 100;

    public TimeSpan Drain => TimeSpan.FromSeconds(DrainSeconds);
}
