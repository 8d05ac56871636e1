using System.Text;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>A member of a JSON object: the bytes of its name, with the quotes, and of its value as they came.</summary>
/// <remarks>Most names are only compared, which needs no text; so a name is decoded when it is asked for.</remarks>
internal readonly record struct RawField(ReadOnlyMemory<byte> RawName, ReadOnlyMemory<byte> RawValue)
{
    /// <summary>The name decoded, anew each time.</summary>
    public string Name => JsonText.Decode(EscapedName);

    /// <summary>The name as it came, without its quotes.</summary>
    public ReadOnlySpan<byte> EscapedName => RawName.Span[1..^1];

    /// <summary>Whether the decoded name is this one.</summary>
    public bool IsNamed(string name)
    {
        var escaped = EscapedName;
        var surplus = escaped.Length - name.Length;
        if (surplus == 0)
        {
            return Ascii.Equals(escaped, name) && !HasEscape(escaped);
        }

        // Escapes, and letters beyond ASCII, have more bytes than UTF-16 units; nothing has fewer.
        return surplus > 0 && MayBeginAs(name, escaped[0])
            && (HasEscape(escaped) || !Ascii.IsValid(escaped)) && Name == name;
    }

    /// <summary>Whether both have the same decoded name.</summary>
    public bool IsNamedAs(RawField other)
    {
        var escaped = RawName.Span;
        var others = other.RawName.Span;
        return escaped.SequenceEqual(others) || ((HasEscape(escaped) || HasEscape(others)) && Name == other.Name);
    }

    // Tells most names apart without looking through them.
    private static bool MayBeginAs(string name, byte first) =>
        first == (byte)'\\' || !Ascii.IsValid(first) || (name.Length > 0 && name[0] == first);

    private static bool HasEscape(ReadOnlySpan<byte> escaped) => escaped.Contains((byte)'\\');
}
