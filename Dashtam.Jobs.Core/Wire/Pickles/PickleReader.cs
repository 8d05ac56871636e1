namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>Reads a pickle of plain values. Nothing in a pickle is ever run or looked up.</summary>
internal static class PickleReader
{
    /// <summary>Whether the bytes are meant as a pickle; JSON never begins so.</summary>
    public static bool IsPickle(ReadOnlySpan<byte> bytes) => bytes is [0x80, ..];

    /// <summary>The pickle's value as JSON, in the form in which Python writes it.</summary>
    /// <exception cref="PickleException">It holds something else than plain values, or too much of them.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> pickle) => throw new PickleException("not written yet");
}
