using System.Net;
using System.Reflection;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Worker.Fetching;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>Every event that scheduler and worker log, from <see cref="LoggerMessageAttribute"/>.</summary>
internal static class LogEventsPage
{
    private const BindingFlags EveryMethod = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly LogLevel[] Levels =
        [LogLevel.Critical, LogLevel.Error, LogLevel.Warning, LogLevel.Information, LogLevel.Debug];

    public static string Write()
    {
        var events = Find().ToLookup(one => one.Message.Level);
        return $"""
            # Log events

            Each line of the log has an `event`, and the values in braces as fields of their own names. What to do about warnings and errors is in
            [operations](../runbooks/operations.md#events-in-the-log-to-look-for); `LOG_LEVEL` says from which level on lines are written.

            {string.Join('\n', Levels.Where(events.Contains).Select(level => $"## {level}\n\n{Table(events[level])}"))}
            """;
    }

    private static string Table(IEnumerable<LogEvent> events)
    {
        var table = new MarkdownTable("event", "message", "logged by");
        foreach (var one in events.OrderBy(one => one.Message.EventName, StringComparer.Ordinal))
        {
            _ = table.Add($"`{one.Message.EventName}`", Code(one.Message.Message), $"`{Place(one.Type)}`");
        }

        return table.ToString();
    }

    // A message that has backticks of its own needs an element.
    private static string Code(string message) => message.Contains('`', StringComparison.Ordinal)
        ? $"<code>{WebUtility.HtmlEncode(message).Replace("`", "&#96;", StringComparison.Ordinal)}</code>"
        : $"`{message}`";

    private static string Place(Type type) => type.FullName!["Dashtam.Jobs.".Length..].Split('`')[0];

    private static IEnumerable<LogEvent> Find() =>
        from assembly in new[] { typeof(QueueKeys).Assembly, typeof(ScheduleCatalog).Assembly, typeof(QueuePump).Assembly }
        from type in assembly.GetTypes()
        from method in type.GetMethods(EveryMethod)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message?.EventName is not null
        select new LogEvent(type, message);

    private sealed record LogEvent(Type Type, LoggerMessageAttribute Message);
}
