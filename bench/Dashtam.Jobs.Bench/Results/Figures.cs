using System.Globalization;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>How numbers are written in tables.</summary>
internal static class Figures
{
    /// <summary>Three digits that count, thousands apart.</summary>
    public static string Text(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    public static string Whole(int value) => value.ToString("0", CultureInfo.InvariantCulture);

    public static string Range(Spread spread) => $"{Text(spread.Low)} – {Text(spread.High)}";
}
