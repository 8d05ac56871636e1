using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Faults.History;

/// <summary>The append-only file's form: commands as RESP arrays, and comments that say the time.</summary>
internal sealed class JournalParser(Stream journal) : IDisposable
{
    private const string TimeMark = "#TS:";

    private readonly BufferedStream _bytes = new(journal, bufferSize: 1 << 16);
    private long _timestamp;

    /// <summary>The next command; null at the end, or where a crash has cut the last command short.</summary>
    /// <param name="timestamp">Unix seconds of the last time mark before it.</param>
    public IReadOnlyList<byte[]>? Next(out long timestamp)
    {
        while (Line() is { } line)
        {
            timestamp = _timestamp;
            if (line.StartsWith(TimeMark, StringComparison.Ordinal))
            {
                _timestamp = long.Parse(line.AsSpan(TimeMark.Length), CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith('*'))
            {
                return Command(int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture));
            }
        }

        timestamp = _timestamp;
        return null;
    }

    public void Dispose() => _bytes.Dispose();

    private List<byte[]>? Command(int count)
    {
        var words = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            if (Line() is not { Length: > 1 } header)
            {
                return null;
            }

            var word = new byte[int.Parse(header.AsSpan(1), CultureInfo.InvariantCulture)];
            if (_bytes.ReadAtLeast(word, word.Length, throwOnEndOfStream: false) < word.Length)
            {
                return null;
            }

            Line();
            words.Add(word);
        }

        return words;
    }

    private string? Line()
    {
        var line = new StringBuilder();
        for (var value = _bytes.ReadByte(); value >= 0; value = _bytes.ReadByte())
        {
            if (value == '\n')
            {
                return line.ToString();
            }

            if (value != '\r')
            {
                line.Append((char)value);
            }
        }

        return null;
    }
}
