namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>One field of a cron as pycron takes it: <c>*</c>, or a list of items.</summary>
internal sealed class PyCronField
{
    private const string Any = "*";

    private readonly bool _isAny;
    private readonly IReadOnlyList<PyCronItem> _items;

    /// <param name="name">How a message calls the field.</param>
    /// <param name="text">The field.</param>
    /// <param name="hasDayNames">Whether days of the week may be names.</param>
    /// <exception cref="CronFormatException">pycron cannot read an item.</exception>
    public PyCronField(string name, string text, bool hasDayNames = false)
    {
        _isAny = text == Any;
        string[] items = [.. text.Split(',').Select(item => item.Trim()).Where(item => item.Length > 0)];
        if (items.Length == 0)
        {
            throw new CronFormatException($"its {name} is empty");
        }

        var reader = new PyCronItemReader(name, hasDayNames);
        _items = _isAny ? [] : [.. items.Select(reader.Read)];
    }

    /// <summary>The numbers of a range that the field matches.</summary>
    public ulong Set(int first, int last) =>
        MinuteCalendar.Set(Enumerable.Range(first, last - first + 1).Where(Matches));

    // In the order of the list: an item may be the last that pycron looks at.
    private bool Matches(int number)
    {
        if (_isAny)
        {
            return true;
        }

        foreach (var item in _items)
        {
            if (item.Matches(number))
            {
                return true;
            }

            if (item.EndsList)
            {
                return false;
            }
        }

        return false;
    }
}
