using System.Text.Json;
using System.Text.Json.Serialization;
using Dashtam.Jobs.Core.Queue.HandOver;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>A hand-over for a program: one JSON object.</summary>
internal static partial class HandOverJson
{
    public static Task WriteAsync(HandOverReport report) => Console.Out.WriteLineAsync(Text(report));

    /// <summary>The object.</summary>
    public static string Text(HandOverReport report) => JsonSerializer.Serialize(
        new Report(
            report.Queue, report.IsDone, report.Options.Move, report.Ready, report.DeadLetters, report.Delayed.Count,
            [.. report.Places.Select(place => new Place(place.Name, place.Key, place.Found, place.Moved, place.Problem))],
            [.. report.Names.Select(jobs => new Named(jobs.Name, jobs.Count, jobs.Python))],
            [.. report.Delayed.Earliest.Select(job => new Later(job.Due, job.Name, job.TaskId))]),
        HandOverContext.Default.Report);

    private sealed record Report(
        string Queue, bool Done, bool Moved, long Ready, long DeadLetters, long DelayedStay, IReadOnlyList<Place> Places,
        IReadOnlyList<Named> Names, IReadOnlyList<Later> Delayed);

    private sealed record Place(string Name, string Key, long Found, long Moved, string? Problem);

    private sealed record Named(string? Name, long Count, PythonView Python);

    private sealed record Later(DateTimeOffset? Due, string? Name, string? TaskId);

    private sealed class SnakeCase() : JsonStringEnumConverter<PythonView>(JsonNamingPolicy.SnakeCaseLower);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, Converters = [typeof(SnakeCase)])]
    [JsonSerializable(typeof(Report))]
    private sealed partial class HandOverContext : JsonSerializerContext;
}
