using System.Globalization;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>
/// A bulk enqueue stopped before its end: each id that was given is in one of the five lists, in the order given. Enqueue all of
/// them again, in one call, within <c>JOBS_ENQUEUE_ONCE_SECONDS</c>: each is then in the queue once, whatever happened now.
/// </summary>
/// <remarks>
/// The inner exception is what stopped it: a <see cref="QueueFullException"/>, an <see cref="EnqueueException"/>, an
/// <see cref="EnqueueOutcomeUnknownException"/>, a <see cref="DurabilityNotReachedException"/> (each of these names the first job
/// of those that were sent together), or an <see cref="OperationCanceledException"/>.
/// </remarks>
public sealed class BulkEnqueueException : JobsException
{
    internal BulkEnqueueException(ILookup<BulkOutcome, string> ids, Exception inner)
        : base(Text(ids, inner), inner)
    {
        Enqueued = [.. ids[BulkOutcome.Enqueued]];
        Duplicates = [.. ids[BulkOutcome.Duplicate]];
        NotDurable = [.. ids[BulkOutcome.NotDurable]];
        Unknown = [.. ids[BulkOutcome.Unknown]];
        NotEnqueued = [.. ids[BulkOutcome.NotEnqueued]];
    }

    /// <summary>Certainly in the queue by this call, as durable as asked.</summary>
    public IReadOnlyList<string> Enqueued { get; }

    /// <summary>Certainly enqueued before; nothing was written for them.</summary>
    public IReadOnlyList<string> Duplicates { get; }

    /// <summary>Certainly in the queue, by this call or before, but not known to be as durable as asked.</summary>
    public IReadOnlyList<string> NotDurable { get; }

    /// <summary>In the queue or not: replies were lost, or the call was cancelled in flight.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>Certainly not put into the queue by this call.</summary>
    public IReadOnlyList<string> NotEnqueued { get; }

    private static string Text(ILookup<BulkOutcome, string> ids, Exception inner)
    {
        int Count(BulkOutcome outcome) => ids[outcome].Count();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The bulk enqueue stopped (enqueued: {Count(BulkOutcome.Enqueued)}, enqueued before: {Count(BulkOutcome.Duplicate)}, "
            + $"enqueued but not as durable as asked: {Count(BulkOutcome.NotDurable)}, enqueued or not: {Count(BulkOutcome.Unknown)}, "
            + $"not enqueued: {Count(BulkOutcome.NotEnqueued)}). Enqueue all again with the same ids within "
            + $"JOBS_ENQUEUE_ONCE_SECONDS; each is then in the queue once. What stopped it: {inner.Message}");
    }
}

/// <summary>What became of one job of a bulk enqueue.</summary>
internal enum BulkOutcome
{
    NotEnqueued,
    Enqueued,
    Duplicate,
    NotDurable,
    Unknown,
}
