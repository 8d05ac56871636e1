namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>How a job is enqueued.</summary>
public sealed record EnqueueOptions
{
    /// <summary>At once, in Redis' memory.</summary>
    public static EnqueueOptions Default { get; } = new();

    /// <summary>How long until it is due, by Redis' clock; none by default, never negative.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>
    /// The queue that the job goes to, whose workers run it; it comes before the envelope's label <c>queue_name</c>. Null, the default:
    /// the queue that the label names, or else that of <c>JOBS_QUEUE_NAME</c>.
    /// </summary>
    public string? Queue { get; init; }

    /// <summary>What must hold before the enqueue returns; <see cref="Durability.Memory"/> by default.</summary>
    public Durability Durability { get; init; }
}
