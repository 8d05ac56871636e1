using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>The queues that this scheduler fires into: that of <c>JOBS_QUEUE_NAME</c> first, then those that declared schedules name.</summary>
internal sealed class FiringQueues : IServedQueues
{
    public FiringQueues(ScheduleCatalog catalog, IQueues queues, TimeProvider time)
    {
        All =
        [
            .. catalog.Schedules.Select(firing => queues.OrDefault(firing.Schedule.Queue)).Prepend(queues.Default).Distinct(),
        ];
        Firing =
        [
            .. All.Select(queue => new FiringQueue(queue.Name, queue.Rights, new ClockStep(), new Freshness(time))
            {
                IsConnected = () => queue.Connections.Queue.Multiplexer.IsConnected,
            }),
        ];
    }

    /// <summary>Queues whose state is known.</summary>
    internal FiringQueues(params IReadOnlyList<FiringQueue> queues)
    {
        All = [];
        Firing = queues;
    }

    /// <summary>The queues themselves.</summary>
    public IReadOnlyList<JobQueue> All { get; }

    /// <summary>What is known of each, in the same order.</summary>
    public IReadOnlyList<FiringQueue> Firing { get; }

    /// <summary>The queue that a schedule fires into.</summary>
    public FiringQueue Of(JobSchedule schedule) =>
        schedule.Queue is { } name ? Firing.First(queue => queue.Name == name) : Firing[0];
}
