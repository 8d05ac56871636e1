namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron as TaskIQ's <c>pycron</c> takes it: five fields, looked at minute by minute.</summary>
/// <remarks>
/// A dialect of its own: <c>*/2</c> in the day of the month are the even days, <c>*/3</c> in the month are 3, 6, 9 and 12, and
/// neither <c>7</c> nor <c>fri-mon</c> is ever a Sunday. What pycron cannot read, be it one item of a list, is refused here.
/// </remarks>
internal sealed class PyCron : ICronCalendar
{
    private const int FieldCount = 5;

    private readonly MinuteCalendar _calendar;

    /// <exception cref="CronFormatException">pycron cannot read it.</exception>
    public PyCron(string expression)
    {
        string[] fields = [.. expression.Split(' ').Select(field => field.Trim())];
        if (fields.Length != FieldCount)
        {
            throw new CronFormatException(
                $"it has {fields.Length} fields, and pycron takes {FieldCount} with one blank between two, no tab");
        }

        _calendar = new MinuteCalendar
        {
            Minutes = new PyCronField("minute", fields[0]).Set(0, 59),
            Hours = new PyCronField("hour", fields[1]).Set(0, 23),
            Days = new PyCronField("day of the month", fields[2]).Set(1, 31),
            Months = new PyCronField("month", fields[3]).Set(1, 12),
            Weekdays = new PyCronField("day of the week", fields[4], hasDayNames: true).Set(0, 6),
            BothDays = fields[2].Contains('*') || fields[4].Contains('*'),
        };
    }

    /// <summary>It goes on in real time where clocks are put back: a time that exists twice fires twice.</summary>
    public bool IsWild => true;

    /// <summary>Whether it fires in a minute of the wall clock.</summary>
    public bool Matches(DateTime minute) => _calendar.Has(minute);

    public DateTime? NextAfter(DateTime time) => _calendar.NextAfter(time);
}
