using System.Globalization;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Reads one item of a field as pycron does.</summary>
/// <param name="field">How a message calls the field.</param>
/// <param name="hasDayNames">Whether days of the week may be names.</param>
internal sealed class PyCronItemReader(string field, bool hasDayNames)
{
    private const int DaysInWeek = 7;
    private const int LongestShown = 20;

    // No number of a field is larger, so that a larger one is as good as any other.
    private const int Beyond = 1_000;

    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <exception cref="CronFormatException">pycron cannot read it.</exception>
    public PyCronItem Read(string item)
    {
        if (item == "*")
        {
            return PyCronItem.Never;
        }

        if (TryNumber(item, hasDayNames, out var number))
        {
            return new PyCronItem(number, number);
        }

        var read = item.Contains('-') ? Range(item) : Step(item);
        return read ?? throw new CronFormatException(Problem(item));
    }

    /// <summary><c>*/n</c>: the multiples of n, also where a field begins with 1. With a number for the asterisk it never matches.</summary>
    private PyCronItem? Step(string item)
    {
        if (item.Split('/') is not [var start, var step] || !TryStep(step, out var every))
        {
            return null;
        }

        return start.Trim() == "*" ? new PyCronItem(0, Beyond, every)
            : TryNumber(start, hasDayNames, out _) ? PyCronItem.Never
            : null;
    }

    /// <summary><c>a-b</c> or <c>a-b/n</c>; with a step, pycron takes no name for the first.</summary>
    private PyCronItem? Range(string item)
    {
        if (item.Split('-') is not [var start, var rest])
        {
            return null;
        }

        var every = 1;
        var (end, step) = rest.Split('/') switch
        {
            [var alone] => (alone, ""),
            [var last, var size] => (last, size),
            _ => ("", ""),
        };
        var hasStep = rest.Contains('/');
        if (!TryNumber(start, hasDayNames && !hasStep, out var first)
            || !TryNumber(end, hasDayNames, out var until)
            || (hasStep && !TryStep(step, out every)))
        {
            return null;
        }

        return hasDayNames && first > until
            ? new PyCronItem(first, until + DaysInWeek - 1, EndsList: true)
            : new PyCronItem(first, until, every);
    }

    private bool TryStep(string text, out int step) => TryNumber(text, hasDayNames, out step) && step > 0;

    private static bool TryNumber(string text, bool names, out int number)
    {
        text = text.Trim();
        number = Beyond;
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var small) ? Math.Min(small, Beyond) : Beyond;
            return true;
        }

        var day = text.ToLowerInvariant();
        number = names ? Array.FindIndex(Days, name => name == day || name[..3] == day) : -1;
        return number >= 0;
    }

    private string Problem(string item)
    {
        var shown = item.Length > LongestShown ? $"{item[..LongestShown]}…" : item;
        var names = hasDayNames ? "numbers, names of days" : "numbers";
        return $"its {field} has '{shown}', and pycron takes {names}, ranges of them, and steps above 0";
    }
}
