using System.Text;

namespace Dashtam.Jobs.Faults.History;

/// <summary>
/// Keeps the history in memory for the checker, and as JSON lines in a file for whoever reads it afterwards.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="time">What says now.</param>
/// <param name="keep">False: nobody asks for the history of this run.</param>
internal sealed class HistoryRecorder(string path, TimeProvider time, bool keep = true) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file = new(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    private readonly List<HistoryEvent> _events = [];

    /// <summary>All so far, in the order in which they were told.</summary>
    public IReadOnlyList<HistoryEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A line that says now.</summary>
    public HistoryEvent Now(HistoryKind kind) => new(NowMs, kind);

    public void Add(HistoryEvent line)
    {
        lock (_lock)
        {
            if (keep)
            {
                _events.Add(line);
                _file.WriteLine(line.ToJson());
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
        }
    }
}
