using System.Globalization;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>A member <c>{seq}|{envelope}</c> of a sorted set.</summary>
internal readonly record struct NumberedEntry(long? Number, byte[] Envelope)
{
    /// <summary>The counter stays far below: a larger number was never given out, and Lua could not count on from it.</summary>
    private const int LongestNumber = 15;

    /// <summary>Takes a member apart; without a number the whole of it counts as the envelope.</summary>
    public static NumberedEntry Read(byte[] member)
    {
        var bar = Array.IndexOf(member, (byte)'|');
        return bar is > 0 and <= LongestNumber
            && long.TryParse(member.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new NumberedEntry(number, member[(bar + 1)..])
                : new NumberedEntry(Number: null, member);
    }
}
