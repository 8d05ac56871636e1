namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

/// <summary>Makes up crons that the dialects know.</summary>
internal sealed class RandomCron(Random random)
{
    private static readonly string[] Months = ["JAN", "feb", "MAR", "Apr", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "mon", "TUE", "Wed", "THU", "FRI", "SAT"];

    public string Vixie() => string.Join(' ', Fields(quartz: false));

    /// <summary>Six fields, or seven.</summary>
    public string Quartz()
    {
        var fields = Fields(quartz: true).Prepend(Field(0, 59, [], quartz: true)).ToList();
        fields[random.Next(2) == 0 ? 3 : 5] = "?";
        return string.Join(' ', random.Next(4) == 0 ? fields.Append("*") : fields);
    }

    private string[] Fields(bool quartz) =>
    [
        Field(0, 59, [], quartz),
        Field(0, 23, [], quartz),
        random.Next(3) == 0 ? "*" : Field(1, 31, [], quartz),
        random.Next(3) > 0 ? "*" : Field(1, 12, Months, quartz),
        random.Next(3) == 0 ? "*" : Field(quartz ? 1 : 0, 7, Days, quartz),
    ];

    private string Field(int min, int max, string[] names, bool quartz) =>
        string.Join(',', Enumerable.Range(0, random.Next(5) == 0 ? random.Next(2, 4) : 1).Select(_ => Part(min, max, names, quartz)));

    private string Part(int min, int max, string[] names, bool quartz)
    {
        var first = random.Next(min, max + 1);
        var last = quartz && random.Next(4) == 0 ? random.Next(min, max + 1) : random.Next(first, max + 1);
        var step = random.Next(2) == 0 ? random.Next(1, max + 1) : random.Next(1, 5);
        return random.Next(quartz ? 6 : 5) switch
        {
            0 => "*",
            1 => $"*/{step}",
            2 => Name(first),
            3 => $"{Name(first)}-{Name(last)}",
            4 => $"{Name(first)}-{Name(last)}/{step}",
            _ => $"{Name(first)}/{step}",
        };

        string Name(int number) => number - min < names.Length && random.Next(2) == 0 ? names[number - min]
            : random.Next(6) == 0 ? $"0{number}" : $"{number}";
    }
}
