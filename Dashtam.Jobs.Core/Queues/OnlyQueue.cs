namespace Dashtam.Jobs.Core.Queues;

/// <summary>One queue, and no other.</summary>
internal sealed class OnlyQueue(JobQueue queue) : IServedQueues
{
    public IReadOnlyList<JobQueue> All { get; } = [queue];
}
