using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Entries made from TaskIQ's own: the captures of the tests, with another id, another time, cron or period.</summary>
/// <param name="folder">Where the captures are.</param>
internal sealed class EntryBytes(string folder)
{
    private const int FrameAt = 2;
    private const int FrameLength = 9;

    /// <summary>An entry.</summary>
    /// <param name="id">Its schedule id, below 256 bytes.</param>
    /// <param name="timing">When it fires.</param>
    /// <param name="isPickle">In which of both forms.</param>
    public byte[] Make(string id, EntryTiming timing, bool isPickle)
    {
        var (file, captured) = timing switch
        {
            EntryTiming.EveryMinute => ("schedule-entry-cron-1", "cron-1"),
            EntryTiming.Idle => ("schedule-entry-cron-1", "cron-1"),
            EntryTiming.Every => ("schedule-entry-every-90s", "every-90s"),
            EntryTiming.At => ("schedule-entry-time-1", "time-1"),
            _ => throw new ArgumentOutOfRangeException(nameof(timing)),
        };
        var bytes = File.ReadAllBytes(Path.Combine(folder, file + (isPickle ? ".pickle" : ".json")));
        return isPickle ? Pickle(bytes, captured, id, timing) : Json(bytes, captured, id, timing);
    }

    private static byte[] Json(byte[] bytes, string captured, string id, EntryTiming timing)
    {
        var text = Encoding.UTF8.GetString(bytes)
            .Replace($"\"schedule_id\": \"{captured}\"", $"\"schedule_id\": \"{id}\"", StringComparison.Ordinal);
        text = timing switch
        {
            EntryTiming.EveryMinute => text.Replace("\"cron\": \"*/15 * * * *\"", "\"cron\": \"* * * * *\"", StringComparison.Ordinal),
            EntryTiming.Idle => text.Replace("\"cron\": \"*/15 * * * *\"", "\"cron\": \"0 0 1 1 *\"", StringComparison.Ordinal),
            EntryTiming.Every every => text.Replace(
                "\"interval\": 90", string.Create(CultureInfo.InvariantCulture, $"\"interval\": {every.Seconds}"), StringComparison.Ordinal),
            EntryTiming.At at => text.Replace("2031-01-02T03:04:05.678900+02:00", at.Iso, StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(timing)),
        };
        return Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Pickle(byte[] bytes, string captured, string id, EntryTiming timing)
    {
        bytes = Replace(bytes, ShortText(captured), ShortText(id));
        bytes = timing switch
        {
            EntryTiming.EveryMinute => Replace(bytes, ShortText("*/15 * * * *"), ShortText("* * * * *")),
            EntryTiming.Idle => Replace(bytes, ShortText("*/15 * * * *"), ShortText("0 0 1 1 *")),
            EntryTiming.Every every => Replace(bytes, [(byte)'K', 90, (byte)'u'], [(byte)'K', every.Seconds, (byte)'u']),
            EntryTiming.At at => Replace(bytes, ShortText("2031-01-02T03:04:05.678900+02:00"), ShortText(at.Iso)),
            _ => throw new ArgumentOutOfRangeException(nameof(timing)),
        };

        // Protocol 5 says how long its frame is.
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(FrameAt + 1), bytes.Length - FrameAt - FrameLength);
        return bytes;
    }

    private static byte[] ShortText(string text) => [0x8c, (byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Replace(byte[] bytes, byte[] old, byte[] @new)
    {
        var at = bytes.AsSpan().IndexOf(old);
        return at < 0
            ? throw new InvalidOperationException("A capture is not as it was.")
            : [.. bytes[..at], .. @new, .. bytes[(at + old.Length)..]];
    }
}

/// <summary>When an entry of the load fires.</summary>
internal abstract record EntryTiming
{
    private EntryTiming()
    {
    }

    public sealed record EveryMinute : EntryTiming;

    /// <summary>Not in this run: once a year.</summary>
    public sealed record Idle : EntryTiming;

    public sealed record Every(byte Seconds) : EntryTiming;

    public sealed record At(DateTimeOffset Instant) : EntryTiming
    {
        public string Iso => Instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff+00:00", CultureInfo.InvariantCulture);
    }
}
