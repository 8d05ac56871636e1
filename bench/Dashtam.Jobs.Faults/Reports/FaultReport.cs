using System.Text.Json;
using System.Text.Json.Serialization;
using Dashtam.Jobs.Faults.Checking;
using Dashtam.Jobs.Faults.History;
using Spectre.Console;

namespace Dashtam.Jobs.Faults.Reports;

/// <summary>What a run came to: printed, and written as JSON.</summary>
internal sealed record FaultReport
{
    private const int LinesShown = 12;
    private const int ViolationsShown = 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public required int Seed { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Faults that began, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    /// <summary>Faults whose target was not there.</summary>
    public required int FaultsMissed { get; init; }

    /// <summary>Lines of the history, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Operations { get; init; }

    /// <summary>Violations by rule; a rule that held has 0.</summary>
    public required IReadOnlyDictionary<RuleName, int> Verdict { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    public static FaultReport Of(int seed, TimeSpan took, Evidence evidence, IReadOnlyList<Violation> violations) => new()
    {
        Seed = seed,
        Seconds = Math.Round(took.TotalSeconds, 1),
        Faults = Count(evidence.Of(HistoryKind.Fault).Select(fault => fault.Detail ?? "")),
        FaultsMissed = evidence.Of(HistoryKind.FaultMissed).Count(),
        Operations = Count(evidence.History.Select(line => line.Kind)
            .Where(kind => kind is not (HistoryKind.Fault or HistoryKind.FaultMissed))
            .Where(kind => kind is not (HistoryKind.Healed or HistoryKind.LoadEnded))
            .Select(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()))),
        Verdict = Enum.GetValues<RuleName>().ToDictionary(
            rule => rule, rule => violations.Count(violation => violation.Rule == rule)),
        Violations = violations,
    };

    public void WriteTo(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json));

    /// <summary>The tables, and the first violations with their lines.</summary>
    public void Print(IAnsiConsole console)
    {
        console.Write(Table("operation", Operations));
        console.Write(Table("fault", Faults));
        console.Write(Table("promise broken", Verdict.ToDictionary(
            pair => JsonNamingPolicy.SnakeCaseLower.ConvertName(pair.Key.ToString()).Replace('_', ' '), pair => pair.Value,
            StringComparer.Ordinal)));
        foreach (var violation in Violations.Take(ViolationsShown))
        {
            console.MarkupLineInterpolated($"[red]{violation.Rule}[/] {violation.Subject}: {violation.Problem}");
            foreach (var line in violation.Lines.Take(LinesShown))
            {
                console.WriteLine($"    {line.ToJson()}");
            }
        }
    }

    private static Table Table(string title, IReadOnlyDictionary<string, int> counts)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(title).AddColumn(new TableColumn("count").RightAligned());
        foreach (var (name, count) in counts)
        {
            table.AddRow(Markup.Escape(name), count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static SortedDictionary<string, int> Count(IEnumerable<string> names) => new(
        names.CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
}
