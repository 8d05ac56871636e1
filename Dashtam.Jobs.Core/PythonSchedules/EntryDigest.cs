using System.Security.Cryptography;
using System.Text;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>Tells whether bytes or a timing are the ones that were seen last, in 16 characters.</summary>
internal static class EntryDigest
{
    private const int Length = 8;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..Length]);
    }

    public static string Of(ScheduleTiming timing) => Of(Encoding.UTF8.GetBytes(timing switch
    {
        ScheduleTiming.At at => FormattableString.Invariant($"at|{at.Instant.UtcTicks}"),
        ScheduleTiming.Cron cron => FormattableString.Invariant($"cron|{cron.Offset.Ticks}|{cron.Zone}|{cron.Expression}"),
        ScheduleTiming.Every every => FormattableString.Invariant($"every|{every.Period.Ticks}"),
        _ => throw new ArgumentOutOfRangeException(nameof(timing)),
    }));
}
