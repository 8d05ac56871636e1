using System.Threading.Channels;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// The pause until entries are due again. It ends early when this scheduler notes an entry that is due before; what another scheduler
/// notes, that one fires, or this one within <see cref="Longest"/>.
/// </summary>
internal sealed class NextLook(TimeProvider time)
{
    /// <summary>The longest pause.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _noted = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _at = long.MaxValue; // in Redis' time

    /// <summary>An entry was noted that is due then.</summary>
    public void Note(DateTimeOffset due)
    {
        if (due.UtcTicks < Interlocked.Read(ref _at))
        {
            _noted.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits until the next entry is due.</summary>
    /// <param name="now">Redis' time.</param>
    /// <param name="next">When that is; null: there is none.</param>
    /// <param name="stoppingToken">Ends the wait.</param>
    public async Task WaitAsync(DateTimeOffset now, DateTimeOffset? next, CancellationToken stoppingToken)
    {
        var pause = next - now is { } until && until < Longest ? until : Longest;
        Interlocked.Exchange(ref _at, (now + pause).UtcTicks);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var noted = _noted.Reader.WaitToReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(Task.Delay(pause, time, waiting.Token), noted);
        await waiting.CancelAsync();
        Interlocked.Exchange(ref _at, long.MaxValue); // until the next wait each entry that is noted may be the next one
        _noted.Reader.TryRead(out _);
    }
}
