namespace Dashtam.Jobs.Core.Schedules;

/// <summary>
/// Lists, pauses and resumes schedules, for every scheduler of their queues and across restarts. It looks in all queues that this process
/// serves; a program that only has <c>AddJobProducer</c> serves that of <c>JOBS_QUEUE_NAME</c>.
/// </summary>
public interface IScheduleControl
{
    /// <summary>The schedules that one queue keeps: those of jobs with <c>[Job(Queue = "…")]</c>.</summary>
    /// <exception cref="ArgumentException">No queue may be called so.</exception>
    IScheduleControl InQueue(string queue);

    /// <summary>All schedules that were ever registered, by id.</summary>
    Task<IReadOnlyList<ScheduleStatus>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Once this has returned, no scheduler fires the schedule. May be called again.</summary>
    /// <returns>Since when it is paused; the Unix epoch when that cannot be read.</returns>
    /// <exception cref="UnknownScheduleException">No scheduler has registered it.</exception>
    Task<DateTimeOffset> PauseAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>Lets it fire again, from now on: what passed meanwhile is counted and not caught up.</summary>
    /// <returns>False: it was not paused.</returns>
    /// <exception cref="UnknownScheduleException">No scheduler has registered it.</exception>
    Task<bool> ResumeAsync(string scheduleId, CancellationToken cancellationToken);
}
