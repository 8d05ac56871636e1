using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>Writes the values of a pickle as JSON, in Python's form; first only to see how long it is.</summary>
internal ref struct PickleJson
{
    /// <summary>How many times as long as the pickle the JSON may be; no value alone becomes longer.</summary>
    public const int MaxGrowth = 7;

    /// <summary>Bytes of floats and of integers above 32 bits in one pickle: the only values that take long to write.</summary>
    public const int MaxNumberBytes = 64 * 1_024;

    /// <summary>Values in one pickle, each as often as it is written.</summary>
    public const int MaxValues = 65_536;

    // Beside MaxGrowth, so that a pickle of a few bytes is not refused for a separator.
    private const int Spare = 64;
    private const int LongestFloat = 25;

    private readonly ReadOnlySpan<byte> _pickle;
    private readonly ReadOnlySpan<PickleNode> _nodes;
    private readonly Span<byte> _output;
    private readonly bool _measures;
    private int _length;
    private int _numberBytes;
    private int _values;

    private PickleJson(ReadOnlySpan<byte> pickle, ReadOnlySpan<PickleNode> nodes, Span<byte> output)
    {
        _pickle = pickle;
        _nodes = nodes;
        _output = output;
        _measures = output.IsEmpty;
    }

    /// <exception cref="PickleException">It would be too long or too deep, contains itself, or has a text that is none.</exception>
    public static byte[] Write(ReadOnlySpan<byte> pickle, ReadOnlySpan<PickleNode> nodes, int root)
    {
        var measure = new PickleJson(pickle, nodes, []);
        measure.Value(root, depth: 0);
        var json = GC.AllocateUninitializedArray<byte>(measure._length);
        var writer = new PickleJson(pickle, nodes, json);
        writer.Value(root, depth: 0);
        return writer._length == json.Length ? json : json[..writer._length];
    }

    private void Value(int node, int depth)
    {
        if (++_values > MaxValues)
        {
            throw TooMany();
        }

        var container = _nodes[node].IsReference ? _nodes[node].Target : node;
        var token = PickleToken.Read(_pickle, _nodes[container].At);
        switch (token.Opcode)
        {
            case PickleOpcode.EmptyList:
                Container(container, depth, "[]"u8);
                break;
            case PickleOpcode.EmptyDict:
                Container(container, depth, "{}"u8);
                break;
            case PickleOpcode.ShortText or PickleOpcode.Text:
                Text(token);
                break;
            case PickleOpcode.None:
                Put("null"u8);
                break;
            case PickleOpcode.True:
                Put("true"u8);
                break;
            case PickleOpcode.False:
                Put("false"u8);
                break;
            default:
                Number(token);
                break;
        }
    }

    private void Container(int container, int depth, ReadOnlySpan<byte> brackets)
    {
        if (depth == RawJson.MaxDepth)
        {
            throw new PickleException($"it is nested deeper than {RawJson.MaxDepth} levels at byte {_nodes[container].At}");
        }

        Put(brackets[..1]);
        var last = _nodes[container].Last;
        var isDict = brackets[0] == (byte)'{';
        for (var (item, place) = (last, 0); last != PickleNode.Nil && (place == 0 || item != last); place++)
        {
            item = _nodes[item].Next;
            if (place > 0)
            {
                Put(isDict && place % 2 == 1 ? ": "u8 : ", "u8);
            }

            Value(item, depth + 1);
        }

        Put(brackets[1..]);
    }

    private void Number(PickleToken token)
    {
        var argument = _pickle.Slice(token.Start, token.Length);
        if (token.Opcode is PickleOpcode.Float or PickleOpcode.LongInteger)
        {
            WorkedOut(token, argument);
            return;
        }

        var value = token.Length switch
        {
            1 => argument[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(argument),
            _ => BinaryPrimitives.ReadInt32LittleEndian(argument),
        };
        Span<byte> digits = stackalloc byte[11];
        value.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        Put(digits[..length]);
    }

    // While it is measured the longest that it may be is enough.
    private void WorkedOut(PickleToken token, ReadOnlySpan<byte> argument)
    {
        _numberBytes += token.End - token.At;
        if (_numberBytes > MaxNumberBytes)
        {
            throw new PickleException($"the number at byte {token.At} is beyond {MaxNumberBytes:N0} bytes of floats and long integers");
        }

        if (_measures)
        {
            // 8 bits are 2.41 digits.
            Skip(token.Opcode == PickleOpcode.Float ? LongestFloat : (argument.Length * 5 / 2) + 2);
        }
        else if (token.Opcode == PickleOpcode.LongInteger)
        {
            Put(Encoding.ASCII.GetBytes(new BigInteger(argument).ToString(CultureInfo.InvariantCulture)));
        }
        else
        {
            Float(BinaryPrimitives.ReadDoubleBigEndian(argument));
        }
    }

    // NaN and infinities as TaskIQ's message has them.
    private void Float(double value)
    {
        Span<byte> digits = stackalloc byte[PythonFloat.Longest];
        Put(double.IsFinite(value) ? digits[..PythonFloat.Format(value, digits)] : "null"u8);
    }

    private void Text(PickleToken token)
    {
        var text = _pickle.Slice(token.Start, token.Length);
        if (!_measures)
        {
            _length += PickledText.Write(text, _output[_length..]);
            return;
        }

        if (!PickledText.IsValid(text))
        {
            throw new PickleException($"the text at byte {token.At} is not valid UTF-8");
        }

        Skip(PickledText.Measure(text));
    }

    /// <summary>Refuses what has more values than are read.</summary>
    public static PickleException TooMany() => new($"it has more than {MaxValues:N0} values");

    private void Put(scoped ReadOnlySpan<byte> bytes)
    {
        if (!_measures)
        {
            bytes.CopyTo(_output[_length..]);
        }

        Skip(bytes.Length);
    }

    private void Skip(int bytes)
    {
        _length += bytes;
        if (_measures && _length > ((long)_pickle.Length * MaxGrowth) + Spare)
        {
            throw new PickleException($"its content is more than {MaxGrowth} times as long as the pickle");
        }
    }
}
