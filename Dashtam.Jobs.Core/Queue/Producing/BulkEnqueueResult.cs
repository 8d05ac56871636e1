namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>What a bulk enqueue has done: each id is in one of the two lists, in the order given.</summary>
/// <param name="Enqueued">In the queue by this call.</param>
/// <param name="Duplicates">
/// Enqueued before, within <c>JOBS_ENQUEUE_ONCE_SECONDS</c> or earlier in this call; nothing was written for them. An id that was
/// given twice is in both lists.
/// </param>
public sealed record BulkEnqueueResult(IReadOnlyList<string> Enqueued, IReadOnlyList<string> Duplicates);
