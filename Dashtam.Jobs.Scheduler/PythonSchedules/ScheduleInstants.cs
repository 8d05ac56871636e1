using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>When one entry fires. It remembers nothing: two schedulers, and one that was restarted, say the same.</summary>
internal abstract class ScheduleInstants
{
    /// <summary>The rule of an entry.</summary>
    /// <param name="timing">The entry's.</param>
    /// <param name="zones">Where zones are found.</param>
    /// <param name="instants">Null when the result is false.</param>
    /// <param name="problem">What cannot be read of its cron or its zone; empty when the result is true.</param>
    public static bool TryCreate(ScheduleTiming timing, ZoneClocks zones, out ScheduleInstants instants, out string problem)
    {
        problem = "";
        instants = timing switch
        {
            ScheduleTiming.At at => new TimeInstants(at.Instant),
            ScheduleTiming.Every every => new IntervalInstants(every.Period),
            ScheduleTiming.Cron cron => CronInstants.TryCreate(cron, zones, out problem)!,
            _ => throw new ArgumentOutOfRangeException(nameof(timing)),
        };
        return problem.Length == 0;
    }

    /// <summary>The latest instant that is due and has not fired; null: none. Missed ones before it are passed over.</summary>
    /// <param name="firstSeen">
    /// When the entry was first seen by any scheduler; the same for all of them and across restarts. A cron fires at instants not
    /// before it, an interval at it and every period from it, a time whenever it is.
    /// </param>
    /// <param name="lastFired">The latest instant that has fired; null: none has.</param>
    /// <param name="now">Instants up to this one are due.</param>
    public abstract DateTimeOffset? Due(DateTimeOffset firstSeen, DateTimeOffset? lastFired, DateTimeOffset now);

    /// <summary>The first instant after <paramref name="now"/>, to wait for; null: none will come.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset firstSeen, DateTimeOffset now);
}
