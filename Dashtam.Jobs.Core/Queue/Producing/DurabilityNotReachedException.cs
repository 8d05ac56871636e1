using System.Globalization;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>The job <em>is</em> in the queue, but not known to be as durable as its caller asked.</summary>
/// <remarks>
/// To wait again, enqueue it again with the same id: it stays in the queue once, also when Redis has lost it meanwhile.
/// </remarks>
public sealed class DurabilityNotReachedException(string taskId, Durability durability, long? acknowledged)
    : JobsException(string.Create(
        CultureInfo.InvariantCulture,
        $"Job {taskId} is enqueued, but {durability} was not reached: {Problem(durability, acknowledged)}. It may run, and is "
        + $"lost if Redis fails now. Enqueue it again with the same id within JOBS_ENQUEUE_ONCE_SECONDS to wait again: the job "
        + $"is then in the queue once. Look at {LookAt(durability)}, or raise JOBS_DURABILITY_WAIT_MS."))
{
    /// <summary>The id under which it is in the queue.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>What was asked for.</summary>
    public Durability Durability { get; } = durability;

    /// <summary>How many replicas, or the disk as 1, had acknowledged; null: the connection was lost before it was known.</summary>
    public long? Acknowledged { get; } = acknowledged;

    private static string Problem(Durability durability, long? acknowledged) => acknowledged is { } count
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{count} of {durability.Wanted} {(durability.IsFsynced ? "fsyncs" : "replicas")} acknowledged in time")
        : "the connection was lost before Redis had answered";

    private static string LookAt(Durability durability) =>
        durability.IsFsynced ? "appendfsync and the disk (INFO persistence)" : "the replicas (INFO replication)";
}
