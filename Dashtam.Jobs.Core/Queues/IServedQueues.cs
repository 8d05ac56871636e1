namespace Dashtam.Jobs.Core.Queues;

/// <summary>The queues that this process works for.</summary>
internal interface IServedQueues
{
    /// <summary>A worker's are those that it takes jobs from, the most important one first; a scheduler's those that it fires into.</summary>
    IReadOnlyList<JobQueue> All { get; }
}
