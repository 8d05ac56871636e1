namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Asks a calendar, remembers its last answer, and accepts only one that leads on.</summary>
internal sealed class CronCursor(ICronCalendar calendar)
{
    private DateTime _asked = DateTime.MaxValue;
    private DateTime? _answer;

    /// <exception cref="CronWalkException">The calendar named a time that is not later.</exception>
    public DateTime? NextAfter(DateTime time)
    {
        if (time < _asked || _answer <= time)
        {
            (_asked, _answer) = (time, calendar.NextAfter(time));
            if (_answer <= time)
            {
                throw new CronWalkException(time, _answer.Value);
            }
        }

        return _answer;
    }
}
