using System.Threading.Channels;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>Places for running jobs. A handler that ignores its cancellation keeps its place until it returns.</summary>
internal sealed class Slots(int count)
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private int _free = count;
    private volatile bool _busy;

    /// <summary>Places in all.</summary>
    public int Count { get; } = count;

    /// <summary>Whether there is no place for another job: then no fetch is expected.</summary>
    public bool Busy
    {
        get => _busy;
        set => _busy = value;
    }

    /// <summary>Takes every free place.</summary>
    public int TakeAll() => Interlocked.Exchange(ref _free, 0);

    /// <summary>
    /// Gives places back. A negative number takes as many away: a suspect that was found without a free place gives one back that
    /// nobody had.
    /// </summary>
    public void Release(int count = 1)
    {
        if (count != 0)
        {
            Interlocked.Add(ref _free, count);
            Signal();
        }
    }

    /// <summary>Says that something has changed for who waits, free places or not.</summary>
    public void Signal() => _changes.Writer.TryWrite(true);

    /// <summary>Waits for a signal, or passes at once when one has come since the last time or a place is free.</summary>
    public async Task ChangedAsync(CancellationToken stoppingToken)
    {
        if (Volatile.Read(ref _free) > 0)
        {
            _changes.Reader.TryRead(out _);
            return;
        }

        _busy = true;
        await _changes.Reader.ReadAsync(stoppingToken);
        _busy = false;
    }
}
