using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Health;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Stopping;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>The queues that this worker serves, the most important one first, and what it does for each.</summary>
internal sealed class QueueWorkers : IServedQueues, IDisposable
{
    public QueueWorkers(
        IQueues queues, IOptions<WorkerOptions> options, RunningJobs running, ReadAhead ahead, Slots slots, IServiceProvider services)
    {
        var served = Served(options.Value.Queues, queues.Default.Name);
        var shares = new QueueShares(slots, served, ahead.Room);
        running.Bytes.Room = slots.Signal;
        Each = [.. served.Zip(shares.All, (queue, share) => new QueueWorker(queues.Get(queue.Name), share, services))];
        All = [.. Each.Select(worker => worker.Queue)];
    }

    /// <summary>One for each queue.</summary>
    public IReadOnlyList<QueueWorker> Each { get; }

    public IReadOnlyList<JobQueue> All { get; }

    /// <summary>What a drain needs of them.</summary>
    public IReadOnlyList<DrainedQueue> Drained =>
        [.. Each.Select(worker => new DrainedQueue(worker.Queue.Name, worker.Session, worker.Queue.Processing, worker.Audit))];

    /// <summary>What <c>WORKER_QUEUES</c> says; one queue when it says nothing, or what it says is refused at the start anyhow.</summary>
    public static IReadOnlyList<ServedQueue> Served(string? setting, string defaultQueue) =>
        !string.IsNullOrEmpty(setting) && QueueList.TryParse(setting, out var queues) ? queues : [new ServedQueue(defaultQueue, Weight: null)];

    /// <summary>What health looks at.</summary>
    public IReadOnlyList<QueueHealth> Health =>
        [.. Each.Select(worker => new QueueHealth(worker.Queue.Name, worker.Session, worker.Clock, worker.Judge, worker.Fetching, () => worker.Pump.IsBusy))];

    public void Dispose()
    {
        foreach (var worker in Each)
        {
            worker.Session.Dispose();
        }
    }
}
