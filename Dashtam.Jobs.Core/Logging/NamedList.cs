using System.Globalization;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>Names many things in one line of a log: the first ten, and how many more there are.</summary>
internal static class NamedList
{
    /// <summary>Things that are named.</summary>
    internal const int Most = 10;

    /// <summary><c>a, b, and 5 more</c>.</summary>
    public static string Of<T>(IReadOnlyCollection<T> all)
    {
        var named = string.Join(", ", all.Take(Most));
        return all.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"{named}, and {all.Count - Most} more") : named;
    }
}
