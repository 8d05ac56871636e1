using System.Globalization;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Reads what both dialects share: <c>*</c>, numbers, names, ranges, steps and lists of these.</summary>
/// <param name="quartz">
/// Whether <c>22-2</c> goes on over the field's end and <c>5/15</c> means <c>5-59/15</c>, as Quartz has it; Vixie knows neither.
/// </param>
internal sealed class CronFieldReader(bool quartz)
{
    // Longer ones are outside of every field, and need not fit into an int.
    private const int MostDigits = 9;

    /// <summary>The numbers that a field names, in ascending order.</summary>
    /// <exception cref="CronFormatException">It names anything else.</exception>
    public IReadOnlyList<int> Read(CronField field, string value) =>
        [.. value.Split(',').SelectMany(part => ReadPart(field, value, part)).Distinct().Order()];

    /// <summary>The numbers that a part of a field's list names.</summary>
    /// <exception cref="CronFormatException">It names anything else.</exception>
    public IEnumerable<int> ReadPart(CronField field, string value, string part)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var range = slash < 0 ? part : part[..slash];
        var step = slash < 0 ? 1 : Step(field, value, part[(slash + 1)..]);
        if (range == "*")
        {
            return Range(field, field.Min, field.Max, step);
        }

        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash >= 0)
        {
            var first = Number(field, value, range[..dash]);
            var last = Number(field, value, range[(dash + 1)..]);
            return first <= last || quartz
                ? Range(field, first, last, step)
                : throw field.Wrong(value, $"{range} ends before it begins; write {Turned(field, first, last)}");
        }

        var number = Number(field, value, range);
        return slash < 0 ? [number]
            : quartz ? Range(field, number, field.Max, step)
            : throw field.Wrong(value, $"a step follows * or a range; write {range}-{field.Max}/{step} for {part}");
    }

    /// <summary>A number of the field, or a name; leading zeros do not count.</summary>
    public static int Number(CronField field, string value, string text)
    {
        var name = field.Names.ToList().FindIndex(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name >= 0)
        {
            return field.Min + name;
        }

        var number = Digits(field, value, text);
        return number >= field.Min && number <= field.Max
            ? number
            : throw field.Wrong(value, $"{text} is outside of {field.Allowed}");
    }

    private static int Digits(CronField field, string value, string text)
    {
        if (text.Length == 0)
        {
            throw field.Wrong(value, $"a number is missing; allowed are {field.Allowed}, ranges a-b, steps */n and a-b/n, lists a,b");
        }

        if (!text.All(char.IsAsciiDigit))
        {
            throw field.Wrong(value, $"'{text}' is not in {field.Allowed}");
        }

        var digits = text.TrimStart('0');
        return digits.Length > MostDigits
            ? int.MaxValue
            : int.Parse(digits.Length == 0 ? "0" : digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static int Step(CronField field, string value, string text)
    {
        var step = Digits(field, value, text);
        return step >= 1 && step <= field.Max
            ? step
            : throw field.Wrong(value, $"the step {text} is outside of 1-{field.Max}");
    }

    /// <summary>Goes on at the field's beginning when the last number is smaller than the first.</summary>
    private static IEnumerable<int> Range(CronField field, int first, int last, int step)
    {
        var size = field.Max - field.Min + 1;
        var end = last < first ? last + size : last;
        for (var number = first; number <= end; number += step)
        {
            yield return number > field.Max ? number - size : number;
        }
    }

    private static string Turned(CronField field, int first, int last) =>
        field == CronField.VixieDayOfWeek && last == 0 ? $"{first}-7" : $"{first}-{field.Max},{field.Min}-{last}";
}
