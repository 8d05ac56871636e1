namespace Dashtam.Jobs.Core.Queue.Fencing;

/// <summary>This run's job is another worker's by now: whatever the run does from here on, somebody else does, too.</summary>
/// <param name="worker">The incarnation that held the job.</param>
public sealed class FencedException(string worker)
    : JobsException($"The job is no longer held by {worker}: it was recovered, and another run does its work. End this run.")
{
    /// <summary>The incarnation that held the job.</summary>
    public string Worker { get; } = worker;
}
