using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>When one entry fires. Instants are whole seconds or whole minutes of its own clock; it remembers nothing.</summary>
internal abstract class ScheduleInstants
{
    /// <summary>The rule of an entry.</summary>
    /// <param name="timing">The entry's.</param>
    /// <param name="instants">Null when the result is false.</param>
    /// <param name="problem">What cannot be read of its cron or its zone; empty when the result is true.</param>
    public static bool TryCreate(ScheduleTiming timing, out ScheduleInstants instants, out string problem) =>
        throw new NotImplementedException();

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
