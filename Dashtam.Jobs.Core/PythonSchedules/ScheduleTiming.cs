namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>When an entry fires: exactly one of the three.</summary>
internal abstract record ScheduleTiming
{
    private ScheduleTiming()
    {
    }

    /// <summary>Once.</summary>
    public sealed record At(DateTimeOffset Instant) : ScheduleTiming;

    /// <summary>As <c>pycron</c> reads five fields.</summary>
    /// <param name="Expression">As it came; not read yet.</param>
    /// <param name="Zone">The IANA zone in which it is meant; null: <paramref name="Offset"/> from UTC.</param>
    /// <param name="Offset">How far its clock is ahead of UTC; zero with a zone.</param>
    public sealed record Cron(string Expression, string? Zone, TimeSpan Offset) : ScheduleTiming;

    /// <summary>When first seen, and then again and again.</summary>
    /// <param name="Period">Whole seconds, at least one.</param>
    public sealed record Every(TimeSpan Period) : ScheduleTiming;
}
