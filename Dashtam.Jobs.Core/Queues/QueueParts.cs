using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Queue.Progress;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>What a run asks of a queue, asked of the queue that its delivery came from.</summary>
internal sealed class QueueParts(IQueues queues) : IJobExits, IFenceTokens, IProgressStore, IScheduleRuns, IFireMarks
{
    public Task<Settlement> LeaveAsync(Delivery delivery, Exit exit, CancellationToken cancellationToken) =>
        queues.Get(delivery.Queue).Exits.LeaveAsync(delivery, exit, cancellationToken);

    public Task<Settlement> HandBackAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken) =>
        queues.Get(deliveries[0].Queue).Exits.HandBackAsync(deliveries, cancellationToken);

    public Task<string?> GetNewestAsync(string queue, string scheduleId, CancellationToken cancellationToken) =>
        queues.Get(queue).Runs.GetNewestAsync(queue, scheduleId, cancellationToken);

    public Task<long> NextAsync(Delivery delivery, long own, CancellationToken cancellationToken) =>
        queues.Get(delivery.Queue).Fences.NextAsync(delivery, own, cancellationToken);

    public Task<bool> WriteAsync(Delivery delivery, string taskId, byte[] json) =>
        queues.Get(delivery.Queue).Progress.WriteAsync(delivery, taskId, json);

    public Task<byte[]?> ReadAsync(Delivery delivery, string taskId, CancellationToken cancellationToken) =>
        queues.Get(delivery.Queue).Progress.ReadAsync(delivery, taskId, cancellationToken);

    public Task<bool> AreMarkedAsync(string queue, string scheduleId, CancellationToken cancellationToken) =>
        queues.Get(queue).FireMarks.AreMarkedAsync(queue, scheduleId, cancellationToken);

    public Task CountElsewhereAsync(string queue, CancellationToken cancellationToken) =>
        queues.Get(queue).FireMarks.CountElsewhereAsync(queue, cancellationToken);
}
