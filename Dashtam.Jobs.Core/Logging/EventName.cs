using System.Text.Json;
using Serilog.Core;
using Serilog.Events;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>The name by which a line is found: in each, in snake_case.</summary>
internal static class EventName
{
    /// <summary>Where Serilog keeps the id that a [LoggerMessage] has.</summary>
    public const string IdProperty = "EventId";

    /// <summary>What a [LoggerMessage] calls itself; of others, the last part of their source.</summary>
    public static string Of(LogEvent logEvent)
    {
        if (Id(logEvent) is { Length: > 0 } name)
        {
            return SnakeCase(name);
        }

        return Source(logEvent) is { Length: > 0 } source ? SnakeCase(source[(source.LastIndexOf('.') + 1)..]) : "log";
    }

    /// <summary>The logger's category.</summary>
    public static string? Source(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var value) ? Text(value) : null;

    private static string? Id(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(IdProperty, out var id) && id is StructureValue structure
            ? Text(structure.Properties.FirstOrDefault(property => property.Name == "Name")?.Value)
            : null;

    private static string? Text(LogEventPropertyValue? value) => (value as ScalarValue)?.Value as string;

    private static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
