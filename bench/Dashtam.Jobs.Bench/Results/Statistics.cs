namespace Dashtam.Jobs.Bench.Results;

/// <summary>The middle of some numbers, and how far they spread.</summary>
internal readonly record struct Spread(double Median, double Low, double High)
{
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread(Statistics.Median(sorted), sorted[0], sorted[^1]);
    }
}

/// <summary>Numbers about numbers.</summary>
internal static class Statistics
{
    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    /// <param name="sorted">In ascending order, not empty.</param>
    public static double Median(ReadOnlySpan<double> sorted)
    {
        ThrowIfEmpty(sorted);
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The smallest value that so many percent do not exceed (nearest rank): one that was measured.</summary>
    /// <param name="sorted">In ascending order, not empty.</param>
    /// <param name="percent">Above 0, at most 100.</param>
    public static double Percentile(ReadOnlySpan<double> sorted, double percent)
    {
        ThrowIfEmpty(sorted);
        var rank = (int)Math.Ceiling(percent / 100 * sorted.Length);
        return sorted[Math.Clamp(rank, 1, sorted.Length) - 1];
    }

    private static void ThrowIfEmpty(ReadOnlySpan<double> sorted)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("There are no values.", nameof(sorted));
        }
    }
}
