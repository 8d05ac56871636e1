using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Names some minutes, and then a time that is no later one.</summary>
internal sealed class StuckCalendar(TimeSpan ahead = default) : ICronCalendar
{
    /// <summary>How many minutes are named before.</summary>
    public int Sound { get; set; }

    public bool IsWild => false;

    public DateTime? NextAfter(DateTime time) => Sound-- > 0 ? time.AddMinutes(1) : time + ahead;
}
