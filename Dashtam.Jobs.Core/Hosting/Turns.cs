namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Counts the turns of one loop.</summary>
internal sealed class Turns
{
    private const long None = 0;

    private long _begun;
    private long _current;

    /// <summary>See <see cref="IPulse.Turn"/>.</summary>
    public long? Current => Interlocked.Read(ref _current) is var turn and not None ? turn : null;

    /// <summary>A turn begins.</summary>
    public void Begin() => Interlocked.Exchange(ref _current, ++_begun);

    /// <summary>The loop waits.</summary>
    public void End() => Interlocked.Exchange(ref _current, None);
}
