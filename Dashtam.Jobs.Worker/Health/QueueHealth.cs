using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Worker.Lease;
using Dashtam.Jobs.Worker.Session;

namespace Dashtam.Jobs.Worker.Health;

/// <summary>What health looks at of a queue.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Session">The lease.</param>
/// <param name="Clock">This machine's clock beside that of the queue's Redis.</param>
/// <param name="Judge">Whether this worker may recover others' jobs.</param>
/// <param name="Fetching">When jobs were last fetched.</param>
/// <param name="IsBusy">Whether no fetch is expected: every slot is taken.</param>
internal sealed record QueueHealth(
    string Name, WorkerSession Session, WorkerClock Clock, JudgeWatch Judge, Freshness Fetching, Func<bool> IsBusy);
