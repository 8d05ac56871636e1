using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Which schedules are registered in another version than this scheduler's, and whether any scheduler of that version lives: one
/// that has gone, as after a roll-out that was undone, does not keep them.
/// </summary>
/// <remarks>
/// The holder lives while its sign of life changes. That is watched here over looks that succeeded, by this machine's monotonic
/// clock: neither an outage of Redis nor a clock that jumps makes a living holder look silent, so two that live do not alternate.
/// </remarks>
internal sealed partial class ClaimWatch(TimeProvider time, ILogger<ClaimWatch> logger)
{
    /// <summary>How long a holder's sign of life must not have changed: six looks.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // Looks are ten seconds apart. After a longer pause the holder may not have reached Redis for the same reason.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Holder> _holders = new(StringComparer.Ordinal);

    /// <summary>The holder's sign of life, when it has not changed for a lease; null: it has, or this scheduler is the holder.</summary>
    public string? Silent(string schedule)
    {
        lock (_lock)
        {
            return _holders.TryGetValue(schedule, out var holder)
                && time.GetElapsedTime(holder.SeenAt) <= LongestGap
                && time.GetElapsedTime(holder.Since) >= Lease
                    ? holder.Sign
                    : null;
        }
    }

    /// <summary>Looks at what a registration has found.</summary>
    public void Look(JobSchedule schedule, ScheduleState state)
    {
        var isNews = state.Current ? Forget(schedule.Id) : Watch(schedule.Id, state);
        if (state.TakenOver)
        {
            LogTakenOver(schedule.Id, schedule.Version, Lease.TotalSeconds, state.StoredVersion, state.LastFired);
        }
        else if (isNews && !state.Current)
        {
            LogSuperseded(schedule.Id, state.StoredVersion, schedule.Version, Lease.TotalSeconds);
        }
        else if (isNews)
        {
            LogFiresAgain(schedule.Id, schedule.Version);
        }
    }

    /// <summary>Schedules that do not fire here, and the version as which another scheduler has registered each.</summary>
    public IReadOnlyDictionary<string, string> Superseded
    {
        get
        {
            lock (_lock)
            {
                return _holders.ToDictionary(holder => holder.Key, holder => holder.Value.Version ?? "another version", StringComparer.Ordinal);
            }
        }
    }

    private bool Forget(string schedule)
    {
        lock (_lock)
        {
            return _holders.Remove(schedule);
        }
    }

    private bool Watch(string schedule, ScheduleState state)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _holders.TryGetValue(schedule, out var before);
            var isSame = before is not null && before.Version == state.StoredVersion && before.Sign == state.HolderSign
                && time.GetElapsedTime(before.SeenAt, now) <= LongestGap;
            _holders[schedule] = new Holder(state.StoredVersion, state.HolderSign, isSame ? before!.Since : now, now);
            return before is null || before.Version != state.StoredVersion;
        }
    }

    /// <param name="Version">Its version.</param>
    /// <param name="Sign">Its sign of life; null: that cannot be read.</param>
    /// <param name="Since">Since when it has been that, a time stamp.</param>
    /// <param name="SeenAt">When it was seen last, a time stamp.</param>
    private sealed record Holder(string? Version, string? Sign, long Since, long SeenAt);

    [LoggerMessage(EventName = "schedule_superseded", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} does not fire here: another scheduler registered it as {Stored}, and this "
            + "scheduler has it as {Version}. This scheduler takes the schedule over if no scheduler confirms the "
            + "registered version for {Seconds} s")]
    private partial void LogSuperseded(string schedule, string? stored, string version, double seconds);

    [LoggerMessage(EventName = "schedule_taken_over", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} now fires here as {Version}: no scheduler confirmed the registered version "
            + "{Before} for {Seconds} s. It goes on from {LastFired:O}, as its catch-up policy says")]
    private partial void LogTakenOver(string schedule, string version, double seconds, string? before, DateTimeOffset lastFired);

    [LoggerMessage(EventName = "schedule_no_longer_superseded", Level = LogLevel.Information,
        Message = "Schedule {Schedule} fires here again: it is registered as {Version}")]
    private partial void LogFiresAgain(string schedule, string version);
}
