using System.Globalization;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>Names many things in one line of a log: the first ten, and how many more there are.</summary>
internal static class NamedList
{
    /// <summary><c>a, b, and 5 more</c>.</summary>
    public static string Of<T>(IReadOnlyCollection<T> all) => Of(all, all.Count);

    /// <summary>The same of things of which only the first ones are at hand.</summary>
    /// <param name="first">The first ten, or all.</param>
    /// <param name="all">How many there are.</param>
    public static string Of<T>(IReadOnlyCollection<T> first, int all)
    {
        var named = string.Join(", ", first.Take(FirstLines.Most));
        var more = all - Math.Min(first.Count, FirstLines.Most);
        return more > 0 ? string.Create(CultureInfo.InvariantCulture, $"{named}, and {more} more") : named;
    }
}
