using System.Globalization;
using Dashtam.Jobs.Faults.Lab;

namespace Dashtam.Jobs.Faults.Soak;

/// <summary>
/// Looks at the processes from outside, as the operating system sees them, and at Redis as it sees itself.
/// </summary>
internal sealed class SoakSampler(Laboratory lab)
{
    private const int PageBytes = 4_096;

    /// <summary>One sample of everything.</summary>
    /// <param name="seconds">Since the beginning.</param>
    public async Task<IReadOnlyList<SoakSample>> TakeAsync(double seconds)
    {
        var samples = new List<SoakSample>();
        foreach (var slot in lab.Slots)
        {
            samples.AddRange(OfProcess(seconds, slot.Name, slot.ProcessId));
        }

        samples.AddRange(await lab.Redis.Reader.ReadAsync("the sample of Redis", () => OfRedisAsync(seconds)));
        return samples;
    }

    private async Task<SoakSample[]> OfRedisAsync(double seconds)
    {
        var info = (await lab.Redis.Server.InfoAsync("memory")).SelectMany(group => group);
        var used = info.First(pair => pair.Key == "used_memory").Value;
        return
        [
            new(seconds, "redis", "memory_bytes", double.Parse(used, CultureInfo.InvariantCulture)),
            new(seconds, "redis", "keys", await lab.Redis.Server.DatabaseSizeAsync()),
            new(seconds, "redis", "ready", await lab.Redis.Database.ListLengthAsync(lab.Keys.Ready)),
        ];
    }

    private static IEnumerable<SoakSample> OfProcess(double seconds, string name, int id)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        var pages = File.ReadAllText(Path.Combine(folder, "statm")).Split(' ')[1];
        return
        [
            new(seconds, name, "rss_bytes", double.Parse(pages, CultureInfo.InvariantCulture) * PageBytes),
            new(seconds, name, "handles", Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")).Count()),
            new(seconds, name, "threads", Directory.EnumerateDirectories(Path.Combine(folder, "task")).Count()),
        ];
    }
}
