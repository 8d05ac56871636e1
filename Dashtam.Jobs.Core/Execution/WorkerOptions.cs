using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>How much a worker does at once, and how it stops.</summary>
internal sealed class WorkerOptions
{
    /// <summary>Jobs that run at once; 1 to 10000, default 10.</summary>
    [Setting("WORKER_CONCURRENCY"), Display(Name = "WORKER_CONCURRENCY"), Range(1, 10_000)]
    public int Concurrency { get; set; } = 10;

    /// <summary>Seconds that running jobs may go on for after a stop was asked for; 0 to 3600, default 30.</summary>
    [Setting("WORKER_DRAIN_SECONDS"), Display(Name = "WORKER_DRAIN_SECONDS"), Range(0, 3_600)]
    public int DrainSeconds { get; set; } = 30;

    /// <summary>
    /// Percent of the slots that handlers may hold that ignore their cancellation; above it the worker drains and ends, to be
    /// started again. 0 to 100, default 50.
    /// </summary>
    [Setting("WORKER_MAX_ABANDONED_PERCENT"), Display(Name = "WORKER_MAX_ABANDONED_PERCENT"), Range(0, 100)]
    public int MaxAbandonedPercent { get; set; } = 50;

    /// <summary>
    /// Bytes of envelopes that a worker holds; at that it fetches nothing until a job has ended, so one more job is the most that it
    /// exceeds the number by. Default 64 MiB.
    /// </summary>
    [Setting("WORKER_MAX_HELD_BYTES"), Display(Name = "WORKER_MAX_HELD_BYTES"), Range(1_048_576L, 1L << 40)]
    public long MaxHeldBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many slots that share is.</summary>
    public int MostAbandoned => Concurrency * MaxAbandonedPercent / 100;

    public TimeSpan Drain => TimeSpan.FromSeconds(DrainSeconds);
}
