using System.Text;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// Breaks messages as networks, old producers and people do, and renames some that stay as they are. The same seed makes the
/// same mutants.
/// </summary>
internal sealed class EnvelopeMutator(IReadOnlyList<byte[]> messages, int seed)
{
    private const string Alphabet = "\"\\{}[],:0123456789eE+-.truefalsnINy\u0000 \n\u00ff\u00c3";

    /// <summary>Values of every type, and those that are hard to read.</summary>
    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-1", "3", "0.001", "1e400", "-1E-400", "1e9", "NaN", "-Infinity", "01", "[]", "{}",
            "\"\"", "\"2\"", "\"-5\"", "\"True\"", "\"text\"", "\"\\ud800\"", "\"\\u0000\"", "\"a\u0000b\"", "\"\\x\"", "\"\u202e\"",
            "[1, [2, {\"a\": [3]}]]", "{\"a\": 1, \"a\": 2}", "\"1e308\"", "\"99999999999999999999\"", "\"\U0001f600\"",
            new string('9', 400), $"-{new string('1', 30)}.{new string('1', 30)}", $"\"{new string('x', 5_000)}\"",
            Nested(200), Nested(300), Nested(10_000), $"{{\"a\": {Nested(256)}}}",
        }.Select(Encoding.UTF8.GetBytes),
        [(byte)'"', 0xff, 0xfe, (byte)'"'], // never UTF-8
        [(byte)'"', 0xed, 0xa0, 0x80, (byte)'"'], // a surrogate in UTF-8
        [(byte)'"', 0xc0, 0x80, (byte)'"'], // an overlong NUL
    ];

    private static readonly string[] Names =
    [
        "run_canary", "run_canary", "run_canary", "dashtam_jobs.tasks.diagnostics:run_canary", "dashtam_jobs.tasks.", "RUN_CANARY",
        "check_expiring_tokens", "check_expiring_sessions", "send_notification", "sync_accounts", "no_such_job", "", "a\\u0000b",
        new string('n', 10_000),
    ];

    private static readonly string[] Labels =
        ["timeout", "delay", "max_retries", "retry_on_error", "_retries", "schedule_id", "schedule_overlap", "x"];

    private readonly Random _random = new(seed);

    /// <summary>The next mutant.</summary>
    public byte[] Next() => _random.Next(20) switch
    {
        < 5 => Renamed(),
        < 8 => WithField(),
        < 11 => WithLabel(),
        < 19 => WithBytes(),
        _ => TooLong(),
    };

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static byte[] Write(IEnumerable<(string Name, byte[] Value)> fields)
    {
        using var json = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            json.Write(Encoding.UTF8.GetBytes($"{(json.Length == 0 ? '{' : ',')} \"{name}\": "));
            json.Write(value);
        }

        json.Write(json.Length == 0 ? "{}"u8 : "}"u8);
        return json.ToArray();
    }

    private static void Set(List<(string Name, byte[] Value)> fields, string name, byte[] value)
    {
        fields.RemoveAll(field => field.Name == name);
        fields.Add((name, value));
    }

    private byte[] Message() => messages[_random.Next(messages.Count)];

    private byte[] Value() => Values[_random.Next(Values.Length)];

    private List<(string Name, byte[] Value)> Fields() =>
        RawJson.Fields(Message()).ConvertAll(field => (field.Name, field.RawValue.ToArray()));

    private byte[] Renamed()
    {
        var fields = Fields();
        Set(fields, EnvelopeFields.TaskName, Encoding.UTF8.GetBytes($"\"{Names[_random.Next(Names.Length)]}\""));
        return Write(fields);
    }

    private byte[] WithField()
    {
        var fields = Fields();
        var at = _random.Next(fields.Count);
        switch (_random.Next(5))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                fields.Add((fields[at].Name, Value())); // twice: the last one counts
                break;
            case 2:
                fields[at] = ($"{fields[at].Name}s", fields[at].Value);
                break;
            default:
                fields[at] = (fields[at].Name, Value());
                break;
        }

        return Write(fields);
    }

    private byte[] WithLabel()
    {
        var fields = Fields();
        Set(fields, EnvelopeFields.Labels, Write([(Labels[_random.Next(Labels.Length)], Value())]));
        return Write(fields);
    }

    private byte[] TooLong()
    {
        var fields = Fields();
        Set(fields, EnvelopeFields.Args, Encoding.UTF8.GetBytes($"[\"{new string('x', _random.Next(60_000, 80_000))}\"]"));
        return Write(fields);
    }

    private byte[] WithBytes()
    {
        var bytes = Message().ToList();
        for (var edits = _random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            Edit(bytes, _random.Next(bytes.Count), _random.Next(1, 12));
        }

        return [.. bytes];
    }

    private void Edit(List<byte> bytes, int at, int length)
    {
        switch (_random.Next(9))
        {
            case 0:
                bytes[at] = (byte)Alphabet[_random.Next(Alphabet.Length)];
                break;
            case 1:
                bytes.Insert(at, (byte)Alphabet[_random.Next(Alphabet.Length)]);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, length));
                break;
            case 3:
                bytes.InsertRange(at, Part(Message(), length));
                break;
            case 4:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 5 when _random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at); // cut off
                break;
            case 6:
                bytes.InsertRange(at, Part([.. bytes], length * 10)); // something twice
                break;
            case 7 when _random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(Part(Message(), int.MaxValue)); // the head of one, the tail of another
                break;
            default:
                bytes[at] = (byte)_random.Next(256);
                break;
        }
    }

    private IEnumerable<byte> Part(byte[] of, int length) => of.Skip(_random.Next(of.Length)).Take(length);
}
