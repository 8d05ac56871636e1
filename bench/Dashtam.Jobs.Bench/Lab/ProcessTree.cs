using System.Globalization;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary>What <c>/proc</c> says of a process and all that it has started.</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    // Positions in /proc/{pid}/stat, counted from the first field behind the name's closing parenthesis.
    private const int ParentField = 1;
    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;

    /// <summary>The process and its descendants, the process first; empty when it is gone.</summary>
    public static IReadOnlyList<int> Of(int process)
    {
        if (!IsRunning(process))
        {
            return [];
        }

        var parents = All().Select(id => (Id: id, Fields: Stat(id)))
            .Where(entry => entry.Fields is not null)
            .ToLookup(entry => int.Parse(entry.Fields![ParentField], CultureInfo.InvariantCulture), entry => entry.Id);
        var tree = new List<int> { process };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents[tree[i]]);
        }

        return tree;
    }

    public static bool IsRunning(int process) => Stat(process) is [not "Z", ..];

    /// <summary>User and system time of the tree. What a child that has ended used is not in it.</summary>
    public static TimeSpan CpuTime(int process) => Of(process)
        .Select(Stat)
        .Where(fields => fields is not null)
        .Aggregate(TimeSpan.Zero, (sum, fields) => sum + Time(fields![UserTimeField]) + Time(fields[SystemTimeField]));

    /// <summary>Resident bytes of the tree, pages that are shared counted once for each.</summary>
    public static long ResidentBytes(int process) => Of(process).Sum(ResidentBytesOf);

    /// <summary>The fields behind the name; null when the process is gone.</summary>
    internal static string[]? Parse(string stat)
    {
        var end = stat.LastIndexOf(')');
        return end < 0 ? null : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[]? Stat(int process)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{process}/stat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<int> All() => Directory.GetDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static TimeSpan Time(string ticks) =>
        TimeSpan.FromSeconds(double.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond);

    private static long ResidentBytesOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            var fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields is [_, var kilobytes, ..] ? long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
