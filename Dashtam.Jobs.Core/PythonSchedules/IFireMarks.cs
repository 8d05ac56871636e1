namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>What schedulers of this service leave behind of their fires of Python's entries.</summary>
internal interface IFireMarks
{
    /// <summary>Whether every job that schedulers of this service brought for a schedule lately has an id of <see cref="FireId"/>.</summary>
    Task<bool> AreMarkedAsync(string queue, string scheduleId, CancellationToken cancellationToken);

    /// <summary>Counts a job that another scheduler has brought.</summary>
    Task CountElsewhereAsync(string queue, CancellationToken cancellationToken);
}
