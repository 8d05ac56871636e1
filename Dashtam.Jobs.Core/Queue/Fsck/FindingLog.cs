namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>
/// Counts all findings and keeps the first ones of each kind: a million broken entries must not fill the memory.
/// </summary>
internal sealed class FindingLog(int namedPerKind)
{
    private readonly SortedDictionary<FindingKind, FindingCount> _counts = [];
    private readonly List<Finding> _named = [];

    public void Add(Finding finding)
    {
        var count = _counts.GetValueOrDefault(finding.Kind) ?? new FindingCount(finding.Kind, Found: 0, Repaired: 0);
        _counts[finding.Kind] = count with
        {
            Found = count.Found + 1,
            Repaired = count.Repaired + (finding.Repaired ? 1 : 0),
        };
        if (count.Found < namedPerKind)
        {
            _named.Add(finding);
        }
    }

    public IReadOnlyList<FindingCount> Counts() => [.. _counts.Values];

    public IReadOnlyList<Finding> Named() => [.. _named];
}
