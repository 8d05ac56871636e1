namespace Dashtam.Jobs.Core;

/// <summary>Finds the name that was probably meant by a misspelt one.</summary>
internal static class EditDistance
{
    /// <summary>How many letters must be changed, added or removed to make one of the other.</summary>
    public static int Between(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (diagonal, left) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                left = Math.Min(Math.Min(row[j], left) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], left);
            }
        }

        return row[^1];
    }

    /// <summary>The name that needs the fewest changes to become this one, the first of equals, and how many; null: there are no names.</summary>
    public static (string Name, int Distance)? Nearest(IEnumerable<string> names, string name) =>
        names.Select(known => ((string, int)?)(known, Between(known, name))).MinBy(pair => pair?.Item2);
}
