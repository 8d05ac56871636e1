namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>The wall-clock times that a cron names, in a world whose clocks are never changed.</summary>
internal interface ICronCalendar
{
    /// <summary>
    /// Whether the cron is about intervals and goes on in real time where clocks are put back; otherwise about times of the day,
    /// which fire once.
    /// </summary>
    bool IsWild { get; }

    /// <summary>The first time after another one; null: there is none.</summary>
    DateTime? NextAfter(DateTime time);
}
