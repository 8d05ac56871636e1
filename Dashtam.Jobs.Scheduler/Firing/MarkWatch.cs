using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What is wrong with the schedules' marks in Redis: each is told once, and by the health check while it lasts.</summary>
internal sealed partial class MarkWatch(ILogger<MarkWatch> logger)
{
    private const int LongestShown = 50;
    private const string Fired = "fired";
    private const string Paused = "paused";

    private readonly ConcurrentDictionary<string, WrongMark> _wrong = new(StringComparer.Ordinal);

    /// <summary>Schedules that do not fire, and why.</summary>
    public IReadOnlyDictionary<string, string> Problems =>
        _wrong.ToDictionary(wrong => wrong.Key, wrong => wrong.Value.Problem, StringComparer.Ordinal);

    /// <summary>Looks at what a registration has found.</summary>
    public void Look(string schedule, ScheduleState state)
    {
        var now = Wrong(state);
        _wrong.TryGetValue(schedule, out var before);
        if (before is not null && before.Mark != now?.Mark)
        {
            LogMended(schedule, before.Mark == Fired ? "its last fired instant can be read and is not in the future"
                : state.PausedSince is null ? "it is not paused any more, so nobody needs to read since when"
                : "the instant since when it is paused can be read");
        }

        if (now is null)
        {
            _wrong.TryRemove(schedule, out _);
            return;
        }

        _wrong[schedule] = now;
        if (now != before)
        {
            Tell(schedule, state);
        }
    }

    private static WrongMark? Wrong(ScheduleState state) => state switch
    {
        { UnreadableFired: { } fired } => new WrongMark(Fired, $"its last fired instant '{Short(fired)}' cannot be read"),
        { UnreadablePause: { } pause } => new WrongMark(
            Paused, $"it is paused, and the instant since when, '{Short(pause)}', cannot be read"),
        { IsAhead: true } => new WrongMark(Fired, $"its last fired instant {state.LastFired:O} is in Redis' future"),
        _ => null,
    };

    private void Tell(string schedule, ScheduleState state)
    {
        if ((state.UnreadableFired ?? state.UnreadablePause) is { } text)
        {
            LogUnreadable(schedule, state.UnreadableFired is null ? Paused : Fired, Short(text));
        }
        else
        {
            LogAhead(schedule, state.LastFired, state.Now);
        }
    }

    private static string Short(string text) => Cut.To(text, LongestShown);

    /// <param name="Mark">Which of the schedule's two marks.</param>
    /// <param name="Problem">What is wrong with it.</param>
    private sealed record WrongMark(string Mark, string Problem);

    [LoggerMessage(EventName = "schedule_mark_unreadable", Level = LogLevel.Error,
        Message = "Schedule {Schedule} does not fire: its value in {Mark}, '{Value}', is no instant. Mend the value "
            + "with fsck --repair")]
    private partial void LogUnreadable(string schedule, string mark, string value);

    [LoggerMessage(EventName = "schedule_mark_ahead", Level = LogLevel.Error,
        Message = "Schedule {Schedule} does not fire: its last fired instant {LastFired:O} is later than Redis' time "
            + "{Now:O}. Check Redis' clock. The instant is moved back when this machine's clock has agreed with "
            + "Redis' for a minute and no scheduler reports a wrong clock; fsck --repair moves it at once")]
    private partial void LogAhead(string schedule, DateTimeOffset lastFired, DateTimeOffset now);

    [LoggerMessage(EventName = "schedule_mark_mended", Level = LogLevel.Information,
        Message = "Schedule {Schedule} is mended: {What}")]
    private partial void LogMended(string schedule, string what);
}
