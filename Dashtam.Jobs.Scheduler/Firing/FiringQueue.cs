using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue.Acl;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What a scheduler knows of a queue that it fires into.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Rights">Open as soon as this process may do what it needs in the queue's Redis.</param>
/// <param name="Clock">This machine's clock beside that of the queue's Redis.</param>
/// <param name="Reached">When the queue's schedules were last registered and caught up.</param>
internal sealed record FiringQueue(string Name, AclGate Rights, ClockStep Clock, Freshness Reached)
{
    /// <summary>Whether its Redis is connected to.</summary>
    public required Func<bool> IsConnected { get; init; }
}
