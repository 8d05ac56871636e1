using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;

namespace Dashtam.Jobs.Worker.Stopping;

/// <summary>What a drain needs of a queue.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Session">Under which name its jobs are held.</param>
/// <param name="Processing">What Redis believes to be held.</param>
/// <param name="Audit">What of that nobody here knows.</param>
internal sealed record DrainedQueue(string Name, WorkerSession Session, IProcessingJobs Processing, ProcessingAudit Audit);
