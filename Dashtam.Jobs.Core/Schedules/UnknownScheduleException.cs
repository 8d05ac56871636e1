namespace Dashtam.Jobs.Core.Schedules;

/// <summary>No scheduler has registered a schedule of this id.</summary>
/// <param name="scheduleId">The id.</param>
/// <param name="known">The ids that there are.</param>
public sealed class UnknownScheduleException(string scheduleId, IReadOnlyList<string> known) : JobsException(
    $"There is no schedule '{scheduleId}'; allowed is "
    + (known.Count == 0 ? "none: no scheduler has registered one yet" : string.Join(", ", known)) + ".")
{
    /// <summary>The id.</summary>
    public string ScheduleId { get; } = scheduleId;

    /// <summary>The ids that there are.</summary>
    public IReadOnlyList<string> Known { get; } = known;
}
