namespace Dashtam.Jobs.Core.Schedules;

/// <summary>Lists, pauses and resumes schedules, for every scheduler of the queue and across restarts.</summary>
public interface IScheduleControl
{
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
