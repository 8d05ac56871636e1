using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Entries as TaskIQ's schedule sources write them.</summary>
internal static class PythonEntries
{
    public const string Task = "dashtam_jobs.tasks.tokens:check_expiring_tokens";

    /// <summary>An entry as JSON; what is not given is null.</summary>
    public static byte[] Json(
        string id, string? cron = null, DateTimeOffset? time = null, int? interval = null, string task = Task, string? queue = null,
        string? taskId = null)
    {
        var labels = new JsonObject { ["retry_on_error"] = "True", ["max_retries"] = "3" };
        if (queue is not null)
        {
            labels["queue_name"] = queue;
        }

        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["task_name"] = task,
            ["labels"] = labels,
            ["args"] = new JsonArray(),
            ["kwargs"] = new JsonObject(),
            ["task_id"] = taskId,
            ["schedule_id"] = id,
            ["cron"] = cron,
            ["cron_offset"] = null,
            ["time"] = time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff+00:00", System.Globalization.CultureInfo.InvariantCulture),
            ["interval"] = interval,
        }.ToJsonString());
    }

    /// <summary>The captured message of a fire of TaskIQ's scheduler, as that of another entry and with an id of its own.</summary>
    public static JobEnvelope FiredByTaskiq(string scheduleId)
    {
        var captured = WireFixtures.Message("message-fired-by-taskiq-scheduler.json");
        return captured with { TaskId = JobEnvelope.NewTaskId(), Labels = captured.Labels.With("schedule_id", scheduleId) };
    }

    /// <summary>Writes all keys of a captured source as they are.</summary>
    public static async Task LoadAsync(IDatabase database, string fixture)
    {
        using var keyspace = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture)));
        foreach (var key in keyspace.RootElement.EnumerateObject())
        {
            var value = key.Value.GetProperty("value");
            if (key.Value.GetProperty("type").GetString() == "list")
            {
                await database.ListRightPushAsync(key.Name, [.. value.EnumerateArray().Select(item => (RedisValue)Bytes(item))]);
            }
            else
            {
                await database.StringSetAsync(key.Name, Bytes(value));
            }
        }
    }

    private static byte[] Bytes(JsonElement value) => value.TryGetProperty("utf8", out var text)
        ? Encoding.UTF8.GetBytes(text.GetString()!)
        : value.GetProperty("base64").GetBytesFromBase64();
}
