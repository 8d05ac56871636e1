namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron that has been read. Five fields are Vixie's, six and seven are Quartz'.</summary>
/// <param name="Fields">As they were written.</param>
/// <param name="Calendar">The times that it names.</param>
internal sealed record Cron(IReadOnlyList<string> Fields, ICronCalendar Calendar)
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <exception cref="CronFormatException">It is of neither dialect.</exception>
    public static Cron Parse(string text)
    {
        var fields = text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        return new Cron(fields, fields.Length switch
        {
            5 => new VixieCron(fields),
            6 or 7 => new QuartzCron(fields),
            _ => throw new CronFormatException($"its number of fields is {fields.Length}"),
        });
    }
}
