using System.Threading.Channels;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Wakes one waiter. What is signalled while nobody waits ends the next wait; signals before that are one.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Signals.</summary>
    public void Set() => _set.Writer.TryWrite(true);

    /// <summary>Forgets a signal that came before.</summary>
    public void Clear() => _set.Reader.TryRead(out _);

    /// <summary>Waits for the next signal.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _set.Reader.ReadAsync(cancellationToken);
}
