using System.Globalization;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>What all schedulers know of an entry, as it is kept in Redis.</summary>
/// <param name="FirstSeen">When some scheduler saw it first in this form, in whole milliseconds.</param>
/// <param name="LastFired">The last instant that has fired; null: none has.</param>
/// <param name="Timing">Which timing this is about: another one is seen first when it is seen.</param>
/// <param name="Bytes">Which bytes were read last: the same ones need not be read again.</param>
internal sealed record EntryState(DateTimeOffset FirstSeen, DateTimeOffset? LastFired, string Timing, string Bytes)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; null: that is nothing.</summary>
    public static EntryState? Parse(string? text) =>
        text?.Split('|') is [var first, var fired, var timing, var bytes] && Time(first) is { } seen && Time(fired) is { } last
            ? new EntryState(seen, last == DateTimeOffset.UnixEpoch ? null : last, timing, bytes)
            : null;

    /// <summary>As it is kept.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{FirstSeen.ToUnixTimeMilliseconds()}|{LastFired?.ToUnixTimeMilliseconds() ?? 0}|{Timing}|{Bytes}");

    private static DateTimeOffset? Time(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
}
