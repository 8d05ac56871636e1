using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Writes JSON byte for byte as Python's <c>json.dumps</c>: <c>", "</c>, <c>": "</c>, ASCII only.</summary>
/// <param name="capacity">How many bytes to expect; more have room as well.</param>
internal sealed class PythonJsonWriter(int capacity = PythonJsonWriter.DefaultCapacity)
{
    // A result without labels.
    private const int DefaultCapacity = 256;
    private const int LongestInteger = 20;

    // Python's reader refuses longer integers, and with them the whole document.
    private const int MaxIntegerDigits = 4300;

    // What Python writes between quotes as it is.
    private static readonly SearchValues<char> Plain = SearchValues.Create(PlainText());
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(Encoding.ASCII.GetBytes(PlainText()));

    private readonly WireBuffer _output = new(capacity);
    private bool _needsComma;

    /// <summary>What was written; the writer is empty afterwards, and its buffer with the next one.</summary>
    public byte[] ToArray()
    {
        _needsComma = false;
        return _output.ToArray();
    }

    /// <summary>One text as JSON, with its quotes.</summary>
    public static byte[] Encode(string text)
    {
        var writer = new PythonJsonWriter(text.Length + 2);
        writer.Text(text);
        return writer.ToArray();
    }

    public void BeginObject() => Begin("{"u8);

    public void EndObject() => End("}"u8);

    public void BeginArray() => Begin("["u8);

    public void EndArray() => End("]"u8);

    public void Name(string name)
    {
        Separate();
        WriteText(name);
        Write(": "u8);
    }

    /// <summary>A name as it came, with its quotes.</summary>
    public void RawName(ReadOnlySpan<byte> name)
    {
        Separate();
        Write(name);
        Write(": "u8);
    }

    /// <summary>A name in any valid form, without its quotes.</summary>
    public void EscapedName(ReadOnlySpan<byte> name)
    {
        Separate();
        WriteEscaped(name);
        Write(": "u8);
    }

    /// <summary>A text in any valid form, without its quotes.</summary>
    public void EscapedText(ReadOnlySpan<byte> text)
    {
        Separate();
        WriteEscaped(text);
        _needsComma = true;
    }

    public void Text(string? text)
    {
        if (text is null)
        {
            Null();
            return;
        }

        Separate();
        WriteText(text);
        _needsComma = true;
    }

    public void Null() => Raw("null"u8);

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>A float in Python's form; <c>null</c> for NaN and infinities, as pydantic 2 writes them.</summary>
    public void Float(double value)
    {
        if (double.IsFinite(value))
        {
            Span<byte> utf8 = stackalloc byte[PythonFloat.Longest];
            Raw(utf8[..PythonFloat.Format(value, utf8)]);
        }
        else
        {
            Null();
        }
    }

    public void Integer(long value)
    {
        Span<byte> utf8 = stackalloc byte[LongestInteger];
        value.TryFormat(utf8, out var length, provider: CultureInfo.InvariantCulture);
        Raw(utf8[..length]);
    }

    /// <summary>An integer, given as JSON writes it; as text when Python could not read it back.</summary>
    public void Number(ReadOnlySpan<byte> number)
    {
        if (number.Length > MaxIntegerDigits && number.IndexOfAny(".eE"u8) < 0)
        {
            Text(Encoding.ASCII.GetString(number));
        }
        else
        {
            Raw(number);
        }
    }

    /// <summary>A value as it came.</summary>
    public void Raw(ReadOnlySpan<byte> value)
    {
        Separate();
        Write(value);
        _needsComma = true;
    }

    /// <summary>A valid value in whatever form, written in Python's; bare words become <c>null</c>.</summary>
    public void Json(ReadOnlySpan<byte> value)
    {
        var options = new JsonReaderOptions { MaxDepth = int.MaxValue };
        var reader = new Utf8JsonReader(BareWords.ToNull(value), options);
        while (reader.Read())
        {
            Token(in reader);
        }
    }

    private void Token(in Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                BeginObject();
                break;
            case JsonTokenType.EndObject:
                EndObject();
                break;
            case JsonTokenType.StartArray:
                BeginArray();
                break;
            case JsonTokenType.EndArray:
                EndArray();
                break;
            case JsonTokenType.PropertyName:
                EscapedName(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                EscapedText(reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                Number(reader.ValueSpan);
                break;
            default:
                Raw(reader.ValueSpan);
                break;
        }
    }

    private void Begin(ReadOnlySpan<byte> bracket)
    {
        Separate();
        Write(bracket);
    }

    private void End(ReadOnlySpan<byte> bracket)
    {
        Write(bracket);
        _needsComma = true;
    }

    private void Separate()
    {
        if (_needsComma)
        {
            Write(", "u8);
        }

        _needsComma = false;
    }

    // Escaped or not as Python would: only what is not plain has to be decoded, a character at a time, because a text may be
    // as large as its envelope.
    private void WriteEscaped(ReadOnlySpan<byte> text)
    {
        Write("\""u8);
        for (var plain = text.IndexOfAnyExcept(PlainBytes); plain >= 0; plain = text.IndexOfAnyExcept(PlainBytes))
        {
            Write(text[..plain]);
            text = WriteCharacter(text[plain..]);
        }

        Write(text);
        Write("\""u8);
    }

    /// <summary>Writes one character that is escaped, or is not ASCII; returns what follows it.</summary>
    private ReadOnlySpan<byte> WriteCharacter(ReadOnlySpan<byte> text)
    {
        if (text[0] == (byte)'\\')
        {
            var length = JsonText.Decode(text, out var unit);
            WriteText(new ReadOnlySpan<char>(in unit), quoted: false);
            return text[length..];
        }

        _ = Rune.DecodeFromUtf8(text, out var rune, out var read);
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            WriteUnit(unit);
        }

        return text[read..];
    }

    private void WriteText(ReadOnlySpan<char> text, bool quoted = true)
    {
        Write(quoted ? "\""u8 : []);
        for (var plain = text.IndexOfAnyExcept(Plain); plain >= 0; plain = text.IndexOfAnyExcept(Plain))
        {
            _output.WriteAscii(text[..plain]);
            WriteUnit(text[plain]);
            text = text[(plain + 1)..];
        }

        _output.WriteAscii(text);
        Write(quoted ? "\""u8 : []);
    }

    private void WriteUnit(char unit)
    {
        Span<byte> escape = stackalloc byte[JsonEscape.Longest];
        Write(escape[..JsonEscape.Write(unit, escape)]);
    }

    private void Write(ReadOnlySpan<byte> utf8) => _output.Write(utf8);

    private static string PlainText() =>
        string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(unit => (char)unit).Except(['"', '\\']));
}
