namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>What one question for Redis' time has shown.</summary>
/// <param name="Ahead">How far this machine's clock is ahead of Redis'; below zero: behind.</param>
/// <param name="Doubt">How wrong that may be: Redis answered somewhere within the round trip, so half of it is doubt.</param>
internal readonly record struct ClockDifference(TimeSpan Ahead, TimeSpan Doubt)
{
    /// <summary>By how much the clocks are apart at least; zero or below: they may agree.</summary>
    public TimeSpan AtLeast => Ahead.Duration() - Doubt;

    /// <summary>By how much the clocks are apart at most.</summary>
    public TimeSpan AtMost => Ahead.Duration() + Doubt;

    /// <summary>Compares the clocks.</summary>
    /// <param name="sentAt">This machine's clock when it asked.</param>
    /// <param name="roundTrip">How long the answer took.</param>
    /// <param name="redis">The answer.</param>
    public static ClockDifference Of(DateTimeOffset sentAt, TimeSpan roundTrip, DateTimeOffset redis) =>
        new(sentAt + (roundTrip / 2) - redis, roundTrip / 2);
}
