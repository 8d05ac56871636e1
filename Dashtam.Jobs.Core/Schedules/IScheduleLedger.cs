namespace Dashtam.Jobs.Core.Schedules;

/// <summary>Which instants of which schedule have fired: any number of schedulers ask, one gets through.</summary>
public interface IScheduleLedger
{
    /// <summary>Says that a schedule exists; a new or a changed one starts at Redis' now.</summary>
    /// <param name="schedule">In the version that the caller knows.</param>
    /// <param name="remembered">
    /// What the caller saw last of this version; null at its start: then another version is replaced. Later it is not, so that two
    /// schedulers of different versions, in a rolling deployment, do not replace each other's for ever; but a Redis that has
    /// lost the schedule, or was put back to an old snapshot, is told what it knew, and one whose scheduler has gone is taken over
    /// (<see cref="ScheduleState.SilentHolder"/>).
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<ScheduleState> RegisterAsync(
        JobSchedule schedule, ScheduleState? remembered, CancellationToken cancellationToken);

    /// <summary>Enqueues what is due, in one step. May be called again after an error: an instant fires once.</summary>
    Task<FireReply> FireAsync(JobSchedule schedule, FireBatch batch, CancellationToken cancellationToken);

    /// <summary>Which of some schedules a queue has a record of, and how long ago a scheduler last confirmed it; null: never.</summary>
    /// <param name="queue">The queue; null: that of <c>JOBS_QUEUE_NAME</c>.</param>
    /// <param name="scheduleIds">The schedules.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<IReadOnlyDictionary<string, TimeSpan?>> FindAsync(
        string? queue, IReadOnlyCollection<string> scheduleIds, CancellationToken cancellationToken);

    /// <summary>The clock of a queue's Redis.</summary>
    /// <param name="queue">The queue; null: that of <c>JOBS_QUEUE_NAME</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<DateTimeOffset> GetTimeAsync(string? queue, CancellationToken cancellationToken);
}
