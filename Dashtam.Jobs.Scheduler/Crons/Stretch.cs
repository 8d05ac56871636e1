namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A time in which a zone's clocks are not changed.</summary>
/// <param name="Start">Its first instant, UTC.</param>
/// <param name="End">The first instant that is not of it, UTC.</param>
/// <param name="Before">What local time was ahead of UTC until <paramref name="Start"/>.</param>
/// <param name="Offset">What it is ahead of UTC now.</param>
internal readonly record struct Stretch(DateTime Start, DateTime End, TimeSpan Before, TimeSpan Offset)
{
    public DateTime LocalStart => Start + Offset;

    public DateTime LocalEnd => End + Offset;

    /// <summary>What the clocks showed when they were changed; later than <see cref="LocalStart"/> when they were put back.</summary>
    public DateTime LocalBefore => Start + Before;
}
