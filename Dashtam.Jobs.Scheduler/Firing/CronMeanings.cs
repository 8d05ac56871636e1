using System.Globalization;
using Dashtam.Jobs.Scheduler.Crons;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Says at the start which crons meant something else to the release before, which left their reading to Quartz. It is here for
/// one release.
/// </summary>
internal sealed partial class CronMeanings(ScheduleCatalog catalog, TimeProvider time, ILogger<CronMeanings> logger) : IHostedService
{
    private const int Named = 3;
    private const int NearInstants = 300;
    private const int InstantsOfDay = 5;

    // A year and what a leap day adds, so that each month and each change of clocks is seen.
    private const int Days = 400;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var firing in catalog.Schedules)
        {
            if (Difference(firing, time.GetUtcNow()) is var (before, now))
            {
                LogChanged(firing.Schedule.Id, firing.Schedule.Cron, before, now);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The next three fires of before and of now; null: they are the same.</summary>
    internal static (string Before, string Now)? Difference(FiringSchedule firing, DateTimeOffset now)
    {
        if (Before(firing) is not { } before)
        {
            return null;
        }

        var starts = Enumerable.Range(1, Days).Select(day => (At: now.Date.AddDays(day), Take: InstantsOfDay));
        foreach (var (at, take) in starts.Prepend((now.UtcDateTime, NearInstants)))
        {
            var from = new DateTimeOffset(at, TimeSpan.Zero);
            var pairs = before.After(from).Take(take).Zip(firing.Times.After(from).Take(take)).ToList();
            if (pairs.FirstOrDefault(pair => pair.First != pair.Second) is var (old, today) && old != today)
            {
                var same = (old < today ? old : today).AddTicks(-1);
                var near = pairs.Take(Named).All(pair => pair.First == pair.Second) ? same : from;
                return (Name(before, near), Name(firing.Times, near));
            }
        }

        return null;
    }

    /// <summary>The wall-clock times are those that Quartz named; where clocks are changed it made mistakes of its own.</summary>
    private static FireTimes? Before(FiringSchedule firing)
    {
        var cron = firing.Schedule.Cron;
        var fields = Cron.Parse(cron).Fields;
        var format = fields.Count == 5 ? CronFormat.Unix : CronFormat.Quartz;
        return CronExpression.TryParse(cron, format, out var read)
            ? new FireTimes(
                new QuartzCron(read, fields.Take(fields.Count == 5 ? 2 : 3)),
                new ZoneClock(TimeZoneInfo.FindSystemTimeZoneById(firing.Schedule.TimeZone)))
            : null;
    }

    private static string Name(FireTimes times, DateTimeOffset after) => string.Join(
        ", ", times.After(after).Take(Named).Select(at => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));

    [LoggerMessage(EventName = "cron_meaning_changed", Level = LogLevel.Warning,
        Message = "The cron of schedule {Schedule}, '{Cron}', has another meaning than in the release before. The "
            + "schedule fired at {Before}; it now fires at {Now}. Write another cron if that is not meant; see "
            + "docs/reference/cron.md")]
    private partial void LogChanged(string schedule, string cron, string before, string now);
}
