using System.Buffers.Binary;

namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>One opcode of a pickle.</summary>
/// <param name="Opcode">The opcode.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Start">Where its argument begins, behind the length that stands before some.</param>
/// <param name="Length">How many bytes its argument has.</param>
internal readonly record struct PickleToken(byte Opcode, int At, int Start, int Length)
{
    // In place of a length: it stands before the argument, or the opcode is none that is read.
    private const byte ByteThatSays = 100;
    private const byte FourBytesThatSay = 101;
    private const byte Refused = 255;

    private static readonly byte[] Arguments = ArgumentsOf();

    /// <summary>Where the next opcode stands.</summary>
    public int End => Start + Length;

    /// <summary>The opcode at a position.</summary>
    /// <exception cref="PickleException">It is none that is read, or its argument goes beyond the end.</exception>
    public static PickleToken Read(ReadOnlySpan<byte> pickle, int at)
    {
        if (at >= pickle.Length)
        {
            throw new PickleException($"it ends at byte {at} without STOP");
        }

        var opcode = pickle[at];
        var argument = Arguments[opcode];
        if (argument == Refused)
        {
            throw new PickleException($"opcode {PickleOpcode.Describe(opcode)} at byte {at} is not read");
        }

        if (argument < ByteThatSays)
        {
            Require(pickle, at, opcode, argument);
            return new(opcode, at, at + 1, argument);
        }

        var prefix = argument == ByteThatSays ? 1 : 4;
        Require(pickle, at, opcode, prefix);
        var length = prefix == 1 ? pickle[at + 1] : BinaryPrimitives.ReadUInt32LittleEndian(pickle[(at + 1)..]);
        Require(pickle, at, opcode, prefix + (long)length);
        return new(opcode, at, at + 1 + prefix, (int)length);
    }

    private static byte[] ArgumentsOf()
    {
        var arguments = new byte[256];
        Array.Fill(arguments, Refused);
        foreach (var (opcodes, argument) in new (byte[], byte)[]
        {
            ([PickleOpcode.Stop, PickleOpcode.None, PickleOpcode.True, PickleOpcode.False, PickleOpcode.EmptyList], 0),
            ([PickleOpcode.EmptyDict, PickleOpcode.Mark, PickleOpcode.Append, PickleOpcode.Appends, PickleOpcode.SetItem], 0),
            ([PickleOpcode.SetItems, PickleOpcode.Memoize], 0),
            ([PickleOpcode.Proto, PickleOpcode.UInt8, PickleOpcode.Put, PickleOpcode.Get], 1),
            ([PickleOpcode.UInt16], 2),
            ([PickleOpcode.Int32, PickleOpcode.LongPut, PickleOpcode.LongGet], 4),
            ([PickleOpcode.Float, PickleOpcode.Frame], 8),
            ([PickleOpcode.ShortText, PickleOpcode.LongInteger], ByteThatSays),
            ([PickleOpcode.Text], FourBytesThatSay),
        })
        {
            foreach (var opcode in opcodes)
            {
                arguments[opcode] = argument;
            }
        }

        return arguments;
    }

    private static void Require(ReadOnlySpan<byte> pickle, int at, byte opcode, long bytes)
    {
        if (bytes > pickle.Length - at - 1)
        {
            throw new PickleException($"opcode {PickleOpcode.Describe(opcode)} at byte {at} goes beyond the end");
        }
    }
}
