using System.Globalization;
using System.Text.Json;

namespace Dashtam.Jobs.Faults.History;

/// <summary>Turns a line of a process' log into a line of the history.</summary>
internal static class LogLineReader
{
    /// <summary>Null when the line says nothing that the history wants.</summary>
    /// <param name="process">Who wrote it.</param>
    /// <param name="line">As it was written.</param>
    /// <param name="nowMs">When it was read: the process' own clock may have been set off.</param>
    public static HistoryEvent? Read(string process, string line, long nowMs)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        using var document = Parsed(line);
        if (document is null)
        {
            return null;
        }

        var root = document.RootElement;
        if (Kind(Text(root, "event")) is not { } kind)
        {
            return null;
        }

        return new HistoryEvent(nowMs, kind)
        {
            Process = process,
            TaskId = Text(root, "task_id"),
            Job = Text(root, "job"),
            Worker = Text(root, "worker") ?? Text(root, "dead_worker"),
            Attempt = (int?)Number(root, "attempt"),
            Schedule = Text(root, "schedule"),
            Instant = Text(root, "instant") is { } instant ? Parse(instant).ToUnixTimeSeconds() : null,
            Fence = Number(root, "fence"),
            Effect = Text(root, "effect"),
            Accepted = root.TryGetProperty("accepted", out var accepted) ? accepted.GetBoolean() : null,
            Order = Number(root, "order"),
            Detail = kind is HistoryKind.Defect or HistoryKind.Recovered or HistoryKind.LogDropped ? Text(root, "message") : null,
        };
    }

    /// <summary>Null when it is no JSON: a kill may cut a line short.</summary>
    private static JsonDocument? Parsed(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HistoryKind? Kind(string? eventName) => eventName switch
    {
        "job_started" => HistoryKind.Delivered,
        "job_succeeded" => HistoryKind.Succeeded,
        "job_retried" => HistoryKind.Retried,
        "job_failed" => HistoryKind.Failed,
        "job_given_back" => HistoryKind.GivenBack,
        "job_fenced" => HistoryKind.Fenced,
        "jobs_recovered" => HistoryKind.Recovered,
        "canary_effect" => HistoryKind.Effect,
        "schedule_fired" => HistoryKind.Fired,
        "fire_caught_up" => HistoryKind.CaughtUp,
        "log_lines_dropped" => HistoryKind.LogDropped,
        "http_listening" => HistoryKind.ProcessStarted,
        "delivery_failed" or "process_failed" or "startup_failed" => HistoryKind.Defect,
        _ => null,
    };

    private static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var number)
            ? number
            : null;
}
