using Quartz;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron in Quartz' six fields, seconds first, or seven, with a year at the end.</summary>
/// <remarks>
/// Quartz computes its times, after <see cref="CronFieldReader"/> has read what Quartz 4.7 reads in part: it takes <c>099</c> for
/// "every", and drops the step of <c>JAN-DEC/3</c>. So numbers, ranges and steps reach Quartz as plain lists; <c>?</c>, <c>L</c>,
/// <c>W</c> and <c>#</c> are its own.
/// </remarks>
internal sealed class QuartzCron : ICronCalendar
{
    private readonly CronExpression _cron;

    /// <exception cref="CronFormatException">A field is not of the dialect.</exception>
    public QuartzCron(IReadOnlyList<string> fields)
    {
        var plain = QuartzFields.Normalize(fields);
        try
        {
            _cron = CronExpression.Parse(string.Join(' ', plain), CronFormat.Quartz).WithTimeZone(TimeZoneInfo.Utc);
        }
        catch (FormatException error)
        {
            throw new CronFormatException(error.Message.TrimEnd('.'));
        }

        IsWild = IsWildTo(fields.Take(3));
    }

    /// <summary>As Quartz itself reads it, whatever it ignores.</summary>
    public QuartzCron(CronExpression cron, IEnumerable<string> timeFields)
    {
        _cron = cron.WithTimeZone(TimeZoneInfo.Utc);
        IsWild = IsWildTo(timeFields);
    }

    public bool IsWild { get; }

    public DateTime? NextAfter(DateTime time) =>
        _cron.GetNextValidTimeAfter(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), TimeSpan.Zero))?.DateTime;

    // Quartz' rule: seconds, minutes or hours with an asterisk, a range or a step.
    private static bool IsWildTo(IEnumerable<string> timeFields) => timeFields.Any(field => field.AsSpan().ContainsAny('*', '-', '/'));
}
