namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Asks a calendar, remembers its last answer, and accepts only one that leads on.</summary>
internal sealed class CronCursor(ICronCalendar calendar)
{
    // More than any zone's clocks are changed at once: a day, where the date line moves.
    private static readonly TimeSpan LargestChange = TimeSpan.FromDays(2);

    private DateTime _asked = DateTime.MaxValue;
    private DateTime? _answer;
    private DateTime _last;

    /// <summary>The instants in a stretch whose local times are after one of its local times.</summary>
    /// <exception cref="CronWalkException">The calendar named a time that is not later.</exception>
    public IEnumerable<DateTimeOffset> Within(Stretch stretch, DateTime from)
    {
        _last = from;
        while (NextAfter(_last) is { } next && next < stretch.LocalEnd)
        {
            _last = next;
            yield return Utc(next - stretch.Offset);
        }
    }

    /// <summary>Whether no later stretch brings another time, not even one whose clocks were put back. Asked at a stretch's end.</summary>
    /// <exception cref="CronWalkException">The calendar named a time that is not later.</exception>
    public bool IsAtEnd(Stretch stretch) => NextAfter(_last) is null && stretch.LocalEnd - _last > LargestChange;

    /// <summary>A time that is UTC already.</summary>
    public static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), TimeSpan.Zero);

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
