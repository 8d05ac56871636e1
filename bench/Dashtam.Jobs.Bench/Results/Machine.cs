using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>Where figures come from.</summary>
internal sealed record Machine(int Cores, string Processor, double MemoryGb, string Kernel, string Redis, string DotNet)
{
    /// <summary>This machine.</summary>
    public static Machine Here(string redisVersion) => new(
        Environment.ProcessorCount,
        Value("/proc/cpuinfo", "model name") ?? "unknown",
        Math.Round(Kilobytes(Value("/proc/meminfo", "MemTotal")) / 1e6, 1),
        File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : "unknown",
        redisVersion,
        RuntimeInformation.FrameworkDescription);

    /// <summary>In one line.</summary>
    [JsonIgnore]
    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores ({Processor}), {MemoryGb:0.#} GB, Linux {Kernel}, Redis {Redis}, {DotNet}, Release");

    private static double Kilobytes(string? text) =>
        double.Parse(text?.Split(' ')[0] ?? "0", CultureInfo.InvariantCulture);

    private static string? Value(string file, string name) => File.Exists(file)
        ? File.ReadLines(file)
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?
            .Split(':', 2)[1].Trim()
        : null;
}
