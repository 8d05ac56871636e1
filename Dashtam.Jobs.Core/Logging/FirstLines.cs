namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Bounds the lines that one pass over many items writes: the first items have a line each, the rest is counted for one line at the
/// end.
/// </summary>
internal sealed class FirstLines
{
    /// <summary>Items that have a line of their own.</summary>
    internal const int Most = 10;

    private int _items;

    /// <summary>Counts an item; true: it has a line. Items may end at the same time.</summary>
    public bool Next() => Interlocked.Increment(ref _items) <= Most;

    /// <summary>Says how many items have no line; nothing is said when all of them have one.</summary>
    /// <param name="say">Writes the line.</param>
    public void SayRest(Action<int> say)
    {
        var rest = Volatile.Read(ref _items) - Most;
        if (rest > 0)
        {
            say(rest);
        }
    }

    /// <summary>The same when the pass is over, however it ends.</summary>
    /// <param name="say">Writes the line.</param>
    public IDisposable SayRestAtEnd(Action<int> say) => new End(this, say);

    private sealed class End(FirstLines lines, Action<int> say) : IDisposable
    {
        public void Dispose() => lines.SayRest(say);
    }
}
