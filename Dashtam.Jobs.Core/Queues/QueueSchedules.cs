using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>What a scheduler asks of a queue, asked of the queue that the schedule fires into.</summary>
internal sealed class QueueSchedules(IQueues queues) : IScheduleLedger, IScheduleMarks
{
    public Task<ScheduleState> RegisterAsync(JobSchedule schedule, ScheduleState? remembered, CancellationToken cancellationToken) =>
        queues.OrDefault(schedule.Queue).Ledger.RegisterAsync(schedule, remembered, cancellationToken);

    public Task<FireReply> FireAsync(JobSchedule schedule, FireBatch batch, CancellationToken cancellationToken) =>
        queues.OrDefault(schedule.Queue).Ledger.FireAsync(schedule, batch, cancellationToken);

    public Task<IReadOnlyDictionary<string, TimeSpan?>> FindAsync(
        string? queue, IReadOnlyCollection<string> scheduleIds, CancellationToken cancellationToken) =>
        queues.OrDefault(queue).Ledger.FindAsync(scheduleIds, cancellationToken);

    public Task<DateTimeOffset> GetTimeAsync(string? queue, CancellationToken cancellationToken) =>
        queues.OrDefault(queue).Ledger.GetTimeAsync(cancellationToken);

    public Task ReportSkewAsync(string? queue, TimeSpan offset, CancellationToken cancellationToken) =>
        queues.OrDefault(queue).Marks.ReportSkewAsync(offset, cancellationToken);

    public Task<bool> MoveBackAsync(
        JobSchedule schedule, DateTimeOffset mark, DateTimeOffset due, DateTimeOffset clock, CancellationToken cancellationToken) =>
        queues.OrDefault(schedule.Queue).Marks.MoveBackAsync(schedule.Id, mark, due, clock, cancellationToken);
}
