using System.Text.Json;
using System.Text.Json.Serialization;
using Dashtam.Jobs.Core.Queue.Fsck;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>The findings for a program: one JSON object.</summary>
internal static partial class FsckJson
{
    public static Task WriteAsync(FsckReport report) => Console.Out.WriteLineAsync(Text(report));

    /// <summary>The object.</summary>
    public static string Text(FsckReport report) => JsonSerializer.Serialize(
        new Report(
            report.Queue, report.IsClean, report.Left, report.Examined, (long)report.Elapsed.TotalMilliseconds,
            [.. report.Counts.Select(count => new Kind(
                count.Kind.Name(), count.Kind.IsWarning(), count.Found, count.Repaired, count.Kind.Remedy()))],
            [.. report.Findings.Select(finding => new Item(
                finding.Kind.Name(), finding.Key, finding.Detail, finding.Repaired))]),
        Context.Default.Report);

    private sealed record Report(
        string Queue, bool Clean, long Left, long Examined, long ElapsedMs,
        IReadOnlyList<Kind> Kinds, IReadOnlyList<Item> Findings);

    private sealed record Kind(string Name, bool Warning, long Found, long Repaired, string Repair);

    private sealed record Item(string Kind, string Key, string Detail, bool Repaired);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
    [JsonSerializable(typeof(Report))]
    private sealed partial class Context : JsonSerializerContext;
}
