namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>Redis has no room for further jobs; certainly not enqueued. Workers go on, so there may be room again soon.</summary>
/// <param name="taskId">The id that it would have had.</param>
/// <param name="usedPercent">How full Redis was when it was last looked at; null: not known.</param>
/// <param name="reason">What refused it.</param>
/// <param name="inner">The error behind it.</param>
public sealed class QueueFullException(string taskId, double? usedPercent, string reason, Exception? inner = null)
    : EnqueueException(taskId, reason, inner)
{
    /// <summary>How much of its <c>maxmemory</c> Redis used, in percent; null: not known.</summary>
    public double? UsedPercent { get; } = usedPercent;
}
