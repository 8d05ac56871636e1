using System.Buffers;

namespace Dashtam.Jobs.Core.Wire;

/// <summary><c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>: Python writes and reads them, JSON has none.</summary>
internal static class BareWords
{
    // Digits of the same length: every offset into the masked bytes is one into the original.
    private static readonly byte[] Mask9 = "-11111111"u8.ToArray();

    private static readonly SearchValues<byte> Before = SearchValues.Create(" \t\r\n:,["u8);
    private static readonly SearchValues<byte> After = SearchValues.Create(" \t\r\n,]}"u8);

    /// <summary>The same bytes when there is no such word, else a copy with a number as long for each.</summary>
    public static ReadOnlyMemory<byte> Mask(ReadOnlyMemory<byte> json)
    {
        if (!MayBeIn(json.Span) || Find(json.Span) is not { Count: > 0 } words)
        {
            return json;
        }

        var copy = json.ToArray();
        foreach (var word in words)
        {
            var mask = copy[word.Start.Value] == (byte)'-' ? Mask9 : Mask9.AsSpan(1, word.End.Value - word.Start.Value);
            mask.CopyTo(copy.AsSpan(word));
        }

        return copy;
    }

    /// <summary>The same bytes when there is no such word, else a copy with <c>null</c> for each.</summary>
    public static ReadOnlySpan<byte> ToNull(ReadOnlySpan<byte> json)
    {
        if (!MayBeIn(json) || Find(json) is not { Count: > 0 } words)
        {
            return json;
        }

        var output = new ArrayBufferWriter<byte>(json.Length + words.Count);
        var copied = 0;
        foreach (var word in words)
        {
            output.Write(json[copied..word.Start.Value]);
            output.Write("null"u8);
            copied = word.End.Value;
        }

        output.Write(json[copied..]);
        return output.WrittenSpan;
    }

    /// <summary>Whether their letters are anywhere in it, be it within a text.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> json) =>
        json.IndexOf("NaN"u8) >= 0 || json.IndexOf("Infinity"u8) >= 0;

    private static List<Range> Find(ReadOnlySpan<byte> json)
    {
        List<Range> words = [];
        for (var at = 0; at < json.Length; at++)
        {
            if (json[at] == (byte)'"')
            {
                at = EndOfText(json, at);
            }
            else if (LengthOfWord(json[at..]) is var length and > 0 && StandsAlone(json, at, at + length))
            {
                words.Add(at..(at + length));
                at += length - 1;
            }
        }

        return words;
    }

    private static int EndOfText(ReadOnlySpan<byte> json, int quote)
    {
        var at = quote + 1;
        while (at < json.Length && json[at] != (byte)'"')
        {
            at += json[at] == (byte)'\\' ? 2 : 1;
        }

        return at;
    }

    private static int LengthOfWord(ReadOnlySpan<byte> json) => json switch
    {
        _ when json.StartsWith("NaN"u8) => 3,
        _ when json.StartsWith("Infinity"u8) => 8,
        _ when json.StartsWith("-Infinity"u8) => 9,
        _ => 0,
    };

    // Or "NaN1" would become the number 1111.
    private static bool StandsAlone(ReadOnlySpan<byte> json, int start, int end) =>
        (start == 0 || Before.Contains(json[start - 1])) && (end == json.Length || After.Contains(json[end]));
}
