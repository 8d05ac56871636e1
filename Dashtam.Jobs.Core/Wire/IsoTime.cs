using System.Globalization;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Instants as ISO 8601 text in UTC, to the microsecond; what is finer is cut off.</summary>
internal static class IsoTime
{
    private const string Seconds = "yyyy-MM-ddTHH:mm:ss";

    /// <summary>Always with six digits, so that it sorts as text: <c>2026-08-25T23:31:53.859619+00:00</c>.</summary>
    public static string Micros(DateTimeOffset instant) => Write(instant, $"{Seconds}.ffffff");

    /// <summary>As Python's <c>isoformat()</c>: the same, but no fraction when it is 0.</summary>
    public static string Python(DateTimeOffset instant) =>
        instant.Ticks % TimeSpan.TicksPerSecond < TimeSpan.TicksPerMicrosecond ? Write(instant, Seconds) : Micros(instant);

    private static string Write(DateTimeOffset instant, string format) =>
        instant.UtcDateTime.ToString(format, CultureInfo.InvariantCulture) + "+00:00";
}
