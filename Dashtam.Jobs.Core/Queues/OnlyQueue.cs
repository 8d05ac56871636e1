namespace Dashtam.Jobs.Core.Queues;

/// <summary>The queue of <c>JOBS_QUEUE_NAME</c>, and no other.</summary>
internal sealed class OnlyQueue(IQueues queues) : IServedQueues
{
    public IReadOnlyList<JobQueue> All { get; } = [queues.Default];
}
