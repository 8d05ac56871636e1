namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron in five fields, as Vixie's crontab(5) has them: minute, hour, day of month, month, day of week.</summary>
internal sealed class VixieCron : ICronCalendar
{
    private readonly MinuteCalendar _calendar;

    /// <exception cref="CronFormatException">A field is not of the dialect.</exception>
    public VixieCron(IReadOnlyList<string> fields)
    {
        var reader = new CronFieldReader(quartz: false);
        _calendar = new MinuteCalendar
        {
            Minutes = MinuteCalendar.Set(reader.Read(CronField.Minute, fields[0])),
            Hours = MinuteCalendar.Set(reader.Read(CronField.Hour, fields[1])),
            Days = MinuteCalendar.Set(reader.Read(CronField.DayOfMonth, fields[2])),
            Months = MinuteCalendar.Set(reader.Read(CronField.Month, fields[3])),
            Weekdays = MinuteCalendar.Set(reader.Read(CronField.VixieDayOfWeek, fields[4]).Select(day => day % 7)),

            // Vixie's word for it: the field begins with an asterisk, whatever follows.
            BothDays = fields[2].StartsWith('*') || fields[4].StartsWith('*'),
        };
        IsWild = fields[0].StartsWith('*') || fields[1].StartsWith('*');
    }

    public bool IsWild { get; }

    public DateTime? NextAfter(DateTime time) => _calendar.NextAfter(time);
}
