using System.Buffers.Binary;
using System.Text;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

/// <summary>Builds pickles by hand, those that Python would not write too.</summary>
internal static class PickleText
{
    /// <summary>Opcodes behind PROTO, each character one byte.</summary>
    public static byte[] Of(string opcodes) => [0x80, 4, .. Encoding.Latin1.GetBytes(opcodes)];

    /// <summary>The opcode for a text, with its length.</summary>
    public static string Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var head = new byte[5];
        head[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(1), utf8.Length);
        return Encoding.Latin1.GetString([.. head, .. utf8]);
    }

    public static string Repeat(string opcodes, int times) => new StringBuilder(opcodes.Length * times).Insert(0, opcodes, times).ToString();
}
