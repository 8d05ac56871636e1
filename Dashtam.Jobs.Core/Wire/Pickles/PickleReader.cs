using System.Buffers.Binary;
using System.Globalization;

namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>Reads a pickle of plain values. Nothing in a pickle is ever run or looked up.</summary>
/// <remarks>
/// A pickle from Redis may be anybody's, so what it can cost is bounded: <see cref="MaxBytes"/>, <see cref="RawJson.MaxDepth"/>,
/// <see cref="PickleJson.MaxValues"/>, <see cref="PickleJson.MaxGrowth"/>, <see cref="PickleJson.MaxNumberBytes"/>. It is gone through three times: to see what is
/// in it, to see what belongs to what, and to write; so each buffer is allocated once, in its final size.
/// </remarks>
internal static class PickleReader
{
    /// <summary>The largest pickle that is read.</summary>
    public const int MaxBytes = 1_024 * 1_024;

    // A value, its place in the memo, and its part of a mark and of what fills a list or a dict; Python writes no more for one.
    private const int MaxOpcodes = 3 * PickleJson.MaxValues;

    private const int FirstProtocol = 2;
    private const int LastProtocol = 5;

    /// <summary>Whether the bytes are meant as a pickle; JSON never begins so.</summary>
    public static bool IsPickle(ReadOnlySpan<byte> bytes) => bytes is [PickleOpcode.Proto, ..];

    /// <summary>The pickle's value as JSON, in the form in which Python writes it.</summary>
    /// <exception cref="PickleException">It holds something else than plain values, or too much of them.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> pickle)
    {
        if (pickle.Length > MaxBytes)
        {
            throw new PickleException(string.Create(CultureInfo.InvariantCulture, $"it has more than {MaxBytes:N0} bytes"));
        }

        var (values, kept) = Count(pickle);
        Span<int> marks = stackalloc int[RawJson.MaxDepth];
        var stack = new PickleStack(pickle, values, kept, marks);
        var token = PickleToken.Read(pickle, 0);
        for (; token.Opcode != PickleOpcode.Stop; token = PickleToken.Read(pickle, token.End))
        {
            if (token.Opcode is not (PickleOpcode.Proto or PickleOpcode.Frame))
            {
                stack.Do(token);
            }
        }

        return PickleJson.Write(pickle, stack.Nodes, stack.Root(token.At));
    }

    /// <summary>Looks at each opcode once, and counts what there must be room for.</summary>
    private static (int Values, int Kept) Count(ReadOnlySpan<byte> pickle)
    {
        var (values, kept, opcodes) = (0, 0, 0);
        var token = PickleToken.Read(pickle, 0);
        RequireProtocol(pickle, token);
        do
        {
            token = PickleToken.Read(pickle, token.End);
            RequireFrame(pickle, token);
            values += PickleOpcode.Pushes(token.Opcode) ? 1 : 0;
            kept += PickleOpcode.Keeps(token.Opcode) ? 1 : 0;
            opcodes++;
            if (values > PickleJson.MaxValues || opcodes > MaxOpcodes)
            {
                throw PickleJson.TooMany();
            }
        }
        while (token.Opcode != PickleOpcode.Stop);

        return token.End == pickle.Length
            ? (values, kept)
            : throw new PickleException($"STOP at byte {token.At} is not its end");
    }

    private static void RequireProtocol(ReadOnlySpan<byte> pickle, PickleToken token)
    {
        if (token.Opcode != PickleOpcode.Proto)
        {
            throw new PickleException($"opcode {PickleOpcode.Describe(token.Opcode)} at byte 0 is not PROTO");
        }

        if (pickle[token.Start] is < FirstProtocol or > LastProtocol)
        {
            throw new PickleException($"protocol {pickle[token.Start]} is none of {FirstProtocol} to {LastProtocol}");
        }
    }

    private static void RequireFrame(ReadOnlySpan<byte> pickle, PickleToken token)
    {
        if (token.Opcode == PickleOpcode.Proto)
        {
            throw new PickleException($"PROTO at byte {token.At} is not at the beginning");
        }

        if (token.Opcode == PickleOpcode.Frame
            && BinaryPrimitives.ReadUInt64LittleEndian(pickle[token.Start..]) > (ulong)(pickle.Length - token.End))
        {
            throw new PickleException($"FRAME at byte {token.At} goes beyond the end");
        }
    }
}
