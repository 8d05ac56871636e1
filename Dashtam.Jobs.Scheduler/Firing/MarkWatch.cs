using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What is wrong with the schedules' marks in Redis: each is told once, and by the health check while it lasts.</summary>
internal sealed partial class MarkWatch(ILogger<MarkWatch> logger)
{
    private const int LongestShown = 50;

    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>Schedules that do not fire, and why.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>Looks at what a registration has found.</summary>
    public void Look(string schedule, ScheduleState state)
    {
        if (Problem(state) is not { } problem)
        {
            if (_problems.TryRemove(schedule, out _))
            {
                LogMended(schedule);
            }

            return;
        }

        var known = _problems.TryGetValue(schedule, out var before) && before == problem;
        _problems[schedule] = problem;
        if (!known)
        {
            Tell(schedule, state);
        }
    }

    private static string? Problem(ScheduleState state) => state switch
    {
        { UnreadableFired: { } fired } => $"its last fired instant '{Short(fired)}' cannot be read",
        { UnreadablePause: { } pause } => $"since when it is paused, '{Short(pause)}', cannot be read: it is paused",
        { IsAhead: true } => $"its last fired instant {state.LastFired:O} is in Redis' future",
        _ => null,
    };

    private void Tell(string schedule, ScheduleState state)
    {
        if ((state.UnreadableFired ?? state.UnreadablePause) is { } text)
        {
            LogUnreadable(schedule, state.UnreadableFired is null ? "paused" : "fired", Short(text));
        }
        else
        {
            LogAhead(schedule, state.LastFired, state.Now);
        }
    }

    private static string Short(string text) => text.Length <= LongestShown ? text : text[..LongestShown];

    [LoggerMessage(EventName = "schedule_mark_unreadable", Level = LogLevel.Error,
        Message = "Schedule {Schedule} does not fire: its mark in {Mark} is '{Value}', which is no instant. fsck --repair mends it")]
    private partial void LogUnreadable(string schedule, string mark, string value);

    [LoggerMessage(EventName = "schedule_mark_ahead", Level = LogLevel.Error,
        Message = "Schedule {Schedule} does not fire: its last fired instant {LastFired:O} is in Redis' future, where it is "
            + "{Now:O}. It is moved back when this machine's clock has agreed with Redis' for a minute and no scheduler reports "
            + "a wrong one; fsck --repair does so at once")]
    private partial void LogAhead(string schedule, DateTimeOffset lastFired, DateTimeOffset now);

    [LoggerMessage(EventName = "schedule_mark_mended", Level = LogLevel.Information,
        Message = "Schedule {Schedule} has a last fired instant again that can be read and is not in the future")]
    private partial void LogMended(string schedule);
}
