namespace Dashtam.Jobs.Faults.Soak;

/// <summary>A straight line through samples, by least squares.</summary>
/// <param name="First">The first value.</param>
/// <param name="Last">The last value.</param>
/// <param name="PerHour">The slope.</param>
/// <param name="Error">The slope's standard error, per hour.</param>
internal readonly record struct Trend(double First, double Last, double PerHour, double Error)
{
    private const double SecondsPerHour = 3_600;

    /// <summary>
    /// Whether the slope cannot be told from none. Samples that follow one another are alike, so the error is too small
    /// by
    /// some factor: three of it are allowed.
    /// </summary>
    public bool IsNoise => Math.Abs(PerHour) <= 3 * Error;

    /// <summary>
    /// The lowest value of each <paramref name="window"/> that is full: what a garbage collector has left, without the teeth
    /// of its saw. Also makes samples that follow one another less alike.
    /// </summary>
    public static IReadOnlyList<(double Seconds, double Value)> Troughs(
        IReadOnlyList<(double Seconds, double Value)> points, TimeSpan window)
    {
        var groups = points.GroupBy(point => (int)((point.Seconds - points[0].Seconds) / window.TotalSeconds)).ToList();
        var full = groups.Max(group => group.Count()) - 1; // a sample may come a moment late
        return [.. groups.Where(group => group.Count() >= full).Select(group => group.MinBy(point => point.Value))];
    }

    /// <summary>The line through at least three points.</summary>
    public static Trend Of(IReadOnlyList<(double Seconds, double Value)> points)
    {
        if (points.Count < 3)
        {
            throw new ArgumentException("A slope and its error need three points.", nameof(points));
        }

        var meanX = points.Average(point => point.Seconds);
        var meanY = points.Average(point => point.Value);
        var spread = points.Sum(point => Square(point.Seconds - meanX));
        var slope = points.Sum(point => (point.Seconds - meanX) * (point.Value - meanY)) / spread;
        var residual = points.Sum(point => Square(point.Value - meanY - (slope * (point.Seconds - meanX))));
        var error = Math.Sqrt(residual / (points.Count - 2) / spread);
        return new Trend(points[0].Value, points[^1].Value, slope * SecondsPerHour, error * SecondsPerHour);
    }

    private static double Square(double number) => number * number;
}
