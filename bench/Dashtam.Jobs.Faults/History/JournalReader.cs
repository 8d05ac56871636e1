using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Faults.History;

/// <summary>
/// Reads Redis' append-only file: every write in the order in which it happened, whatever clients and processes got to
/// know
/// of it. The file must never have been rewritten, and must carry timestamps.
/// </summary>
internal sealed class JournalReader(QueueKeys keys)
{
    private readonly string _fired = keys.Fired.ToString();
    private readonly string _ready = keys.Ready.ToString();
    private readonly string _result = keys.Result("").ToString();
    private readonly string _effect = keys.CanaryEffect("").ToString();
    private readonly List<HistoryEvent> _lines = [];

    private long _nowMs;
    private readonly string _scheduleStats = keys.ScheduleStats.ToString();
    private readonly List<(string? TaskId, long LagMs)> _jobs = []; // of the fire that is being read
    private HistoryEvent? _fire;

    /// <summary>What the history wants to know, in order.</summary>
    public IReadOnlyList<HistoryEvent> Read(Stream journal)
    {
        using var reader = new JournalParser(journal);
        while (reader.Next(out var timestamp) is { } command)
        {
            _nowMs = timestamp * 1_000;
            if (command.Count > 0)
            {
                Take(command);
            }
        }

        Flush();
        return _lines;
    }

    private void Take(IReadOnlyList<byte[]> command)
    {
        switch (Text(command[0]).ToUpperInvariant())
        {
            case "HSET" when Text(command[1]) == _fired:
                Flush();
                _fire = new HistoryEvent(_nowMs, HistoryKind.JournalFired)
                {
                    Schedule = Text(command[2]),
                    Instant = long.Parse(Text(command[3]), CultureInfo.InvariantCulture),
                };
                break;
            case "LPUSH" when _fire is not null && Text(command[1]) == _ready:
                // fire.lua writes the envelopes right behind the last instant, in the same transaction, and how late each is.
                _jobs.Add((TaskId(command[2]), LagMs: 0));
                break;
            case "HSET" when _jobs.Count > 0 && Text(command[1]) == _scheduleStats && Text(command[2]) == $"{_fire!.Schedule}:lag_ms":
                _jobs[^1] = _jobs[^1] with { LagMs = long.Parse(Text(command[3]), CultureInfo.InvariantCulture) };
                break;
            case "EXEC":
                Flush();
                break;
            case "SET" when Text(command[1]) is var key && key.StartsWith(_result, StringComparison.Ordinal)
                && !QueueKeys.IsProgress(key):
                _lines.Add(new HistoryEvent(_nowMs, HistoryKind.JournalResult) { TaskId = key[_result.Length..] });
                break;
            case "HSET" when Text(command[1]) is var key && key.StartsWith(_effect, StringComparison.Ordinal):
                _lines.Add(new HistoryEvent(_nowMs, HistoryKind.JournalEffect)
                {
                    Effect = key[_effect.Length..],
                    Fence = long.Parse(Text(command[3]), CultureInfo.InvariantCulture),
                });
                break;
            default:
                break;
        }
    }

    private static string? TaskId(byte[] utf8) =>
        JobEnvelope.TryParse(utf8, out var envelope, out _) ? envelope.TaskId : null;

    private void Flush()
    {
        if (_fire is not { } fire)
        {
            return;
        }

        if (_jobs.Count == 0)
        {
            _lines.Add(fire);
        }

        // All by one clock, Redis': how much later one is than the last one is how much earlier its instant was.
        _lines.AddRange(_jobs.Select(job => fire with
        {
            TaskId = job.TaskId,
            Instant = fire.Instant - ((job.LagMs - _jobs[^1].LagMs) / 1_000),
        }));
        _jobs.Clear();
        _fire = null;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
