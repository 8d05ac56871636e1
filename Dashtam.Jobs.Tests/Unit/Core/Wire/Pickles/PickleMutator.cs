namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

/// <summary>Makes pickles that nobody would: broken captures, random opcodes in a likely order, and plain noise.</summary>
internal sealed class PickleMutator(int seed)
{
    /// <summary>Every opcode that is read, those that come often several times, and some that must be refused.</summary>
    private const string Opcodes =
        "NNN\u0088\u0089KMJG]]]]}}}((((((eeeeuuuaaass\u0094\u0094\u0094hhhjqr\u008c\u008c\u008c\u008cX\u008a\u0095..cR\u0093bQ0122\u0081\u008b\u0096";

    private readonly byte[][] _captures =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures"), "*.pickle").Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes),
        PythonPickles.Protocol2, PythonPickles.Protocol4,
    ];

    private readonly Random _random = new(seed);

    public byte[] Next() => _random.Next(10) switch
    {
        < 5 => Broken(),
        < 8 => Machine(),
        < 9 => Stack(),
        _ => Noise(),
    };

    private byte[] Capture() => _captures[_random.Next(_captures.Length)];

    private byte[] Broken()
    {
        var bytes = Capture().ToList();
        for (var edits = _random.Next(1, 4); edits > 0; edits--)
        {
            var at = _random.Next(2, bytes.Count);
            switch (_random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)Opcodes[_random.Next(Opcodes.Length)];
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 2:
                    bytes.Insert(at, (byte)Opcodes[_random.Next(Opcodes.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, _random.Next(1, 12)));
                    break;
                case 4:
                    bytes.InsertRange(at, Capture().Skip(at).Take(_random.Next(200)));
                    break;
                default:
                    bytes[at] = (byte)_random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Opcodes with arguments of the right length, in any order.</summary>
    private byte[] Machine()
    {
        var bytes = new List<byte> { 0x80, (byte)_random.Next(2, 6) };
        for (var count = _random.Next(1, 60); count > 0; count--)
        {
            Add(bytes, Opcodes[_random.Next(Opcodes.Length)]);
        }

        bytes.Add((byte)'.');
        return [.. bytes];
    }

    /// <summary>Lists and dicts within each other, filled from the memo, often right.</summary>
    private byte[] Stack()
    {
        var bytes = new List<byte> { 0x80, 5, (byte)']', 0x94, (byte)'(' };
        for (var (count, kept) = (_random.Next(1, 400), 1); count > 0; count--)
        {
            switch (_random.Next(4))
            {
                case 0:
                    bytes.AddRange([(byte)']', 0x94]);
                    kept++;
                    break;
                case 1:
                    Add(bytes, '\u008c');
                    bytes.Add(0x94);
                    kept++;
                    break;
                case 2:
                    bytes.AddRange([(byte)']', (byte)'h', (byte)_random.Next(kept), (byte)'a']);
                    break;
                default:
                    bytes.AddRange([(byte)'h', (byte)_random.Next(1, Math.Max(2, kept))]);
                    break;
            }
        }

        bytes.AddRange("e."u8);
        return [.. bytes];
    }

    private byte[] Noise()
    {
        var bytes = new byte[_random.Next(2, 300)];
        _random.NextBytes(bytes);
        bytes[0] = 0x80;
        return bytes;
    }

    private void Add(List<byte> bytes, char opcode)
    {
        bytes.Add((byte)opcode);
        var length = opcode switch
        {
            'K' or 'h' or 'q' => 1,
            'M' => 2,
            'J' or 'j' or 'r' => 4,
            'G' => 8,
            _ => 0,
        };
        for (; length > 0; length--)
        {
            bytes.Add(opcode is 'h' or 'q' ? (byte)_random.Next(4) : (byte)(opcode is 'j' or 'r' && length < 4 ? 0 : _random.Next(256)));
        }

        if (opcode is '\u008c' or '\u008a' or 'X')
        {
            var text = _random.Next(8);
            bytes.AddRange(opcode == 'X' ? [(byte)text, 0, 0, 0] : [(byte)text]);
            bytes.AddRange(Enumerable.Range(0, text).Select(_ => (byte)(_random.Next(20) == 0 ? _random.Next(256) : _random.Next(127))));
        }
        else if (opcode == '\u0095')
        {
            bytes.AddRange([(byte)_random.Next(4), 0, 0, 0, 0, 0, 0, 0]);
        }
    }
}
