using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Writes JSON byte for byte as Python's <c>json.dumps</c>: <c>", "</c>, <c>": "</c>, ASCII only.</summary>
internal sealed class PythonJsonWriter
{
    // Python's reader refuses longer integers, and with them the whole document.
    private const int MaxIntegerDigits = 4300;

    private readonly ArrayBufferWriter<byte> _output = new();
    private bool _needsComma;

    public byte[] ToArray() => _output.WrittenSpan.ToArray();

    /// <summary>One text as JSON, with its quotes.</summary>
    public static byte[] Encode(string text)
    {
        var writer = new PythonJsonWriter();
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
        _output.Write(": "u8);
    }

    /// <summary>A name as it came, with its quotes.</summary>
    public void RawName(ReadOnlySpan<byte> name)
    {
        Separate();
        _output.Write(name);
        _output.Write(": "u8);
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
            Raw(Encoding.ASCII.GetBytes(PythonFloat.Repr(value)));
        }
        else
        {
            Null();
        }
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
        _output.Write(value);
        _needsComma = true;
    }

    /// <summary>A valid value in whatever form, written in Python's; bare words become <c>null</c>.</summary>
    public void Json(ReadOnlyMemory<byte> value)
    {
        var options = new JsonReaderOptions { MaxDepth = int.MaxValue };
        var reader = new Utf8JsonReader(BareWords.ToNull(value).Span, options);
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
                Name(JsonText.Decode(reader.ValueSpan));
                break;
            case JsonTokenType.String:
                Text(JsonText.Decode(reader.ValueSpan));
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
        _output.Write(bracket);
    }

    private void End(ReadOnlySpan<byte> bracket)
    {
        _output.Write(bracket);
        _needsComma = true;
    }

    private void Separate()
    {
        if (_needsComma)
        {
            _output.Write(", "u8);
        }

        _needsComma = false;
    }

    private void WriteText(string text)
    {
        _output.Write("\""u8);
        foreach (var unit in text)
        {
            WriteUnit(unit);
        }

        _output.Write("\""u8);
    }

    private void WriteUnit(char unit)
    {
        ReadOnlySpan<byte> escape = unit switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            '\b' => "\\b"u8,
            '\f' => "\\f"u8,
            _ => [],
        };
        if (!escape.IsEmpty)
        {
            _output.Write(escape);
            return;
        }

        if (unit is >= ' ' and <= '~')
        {
            _output.GetSpan(1)[0] = (byte)unit;
            _output.Advance(1);
            return;
        }

        var span = _output.GetSpan(6);
        "\\u"u8.CopyTo(span);
        ((ushort)unit).TryFormat(span[2..], out _, "x4", CultureInfo.InvariantCulture);
        _output.Advance(6);
    }
}
