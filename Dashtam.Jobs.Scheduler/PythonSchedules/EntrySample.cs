namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// Which of the entries that were found before are read again in a turn: all of them while there are few, a part of them, another
/// one in each turn, while there are many.
/// </summary>
internal sealed class EntrySample
{
    /// <summary>Entries that are read again in a turn, about.</summary>
    internal const int ReadAgain = 2_000;

    private const int RememberedAtMost = 200_000;

    private readonly HashSet<int> _leftAlone = [];
    private int _turn;
    private int _known;
    private int _stride = 1;

    /// <summary>How many entries the turn has met that were found before.</summary>
    public int Known => _known;

    /// <summary>A turn begins.</summary>
    /// <param name="known">How many entries were found before, as far as this can be known: more may have come since the last turn.</param>
    public void Begin(long known = 0)
    {
        _stride = (int)Math.Max(1, Math.Max(_known, known) / ReadAgain);
        _known = 0;
        _turn++;
    }

    /// <summary>Whether an entry is read now.</summary>
    public bool Takes(string name, bool isIndexed)
    {
        var hash = string.GetHashCode(name, StringComparison.Ordinal);
        if (!isIndexed && !_leftAlone.Contains(hash))
        {
            return true;
        }

        _known++;
        return (hash & int.MaxValue) % _stride == _turn % _stride;
    }

    /// <summary>These were read, and left where they are.</summary>
    public void LeftAlone(IReadOnlyList<string> names)
    {
        if (_leftAlone.Count + names.Count > RememberedAtMost)
        {
            _leftAlone.Clear();
        }

        _leftAlone.UnionWith(names.Select(name => string.GetHashCode(name, StringComparison.Ordinal)));
    }
}
