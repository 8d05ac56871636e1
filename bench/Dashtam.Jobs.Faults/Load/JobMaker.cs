using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Faults.Load;

/// <summary>A job to be enqueued.</summary>
/// <param name="TaskId">Its id; of a malformed one, a text that its bytes contain.</param>
/// <param name="Keywords">Its arguments as JSON; null: it is malformed.</param>
/// <param name="Delay">How long it waits before it is ready.</param>
/// <param name="Queue">The number of its queue.</param>
internal sealed record LoadedJob(string TaskId, string? Keywords, TimeSpan Delay, int Queue = 0)
{
    /// <summary>As a Python producer writes it, or something that is no envelope.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(Keywords is null
        ? $$"""{"task": "{{TaskId}}", "garbage": tru"""
        : $$"""{"task_id": "{{TaskId}}", "task_name": "run_canary", "labels": {}, "labels_types": {}, "args": [],"""
            + $$""" "kwargs": {{Keywords}}}""");
}

/// <summary>
/// Draws jobs: short and long ones, some that fail once or for good, some with an effect, a few malformed.
/// </summary>
internal sealed class JobMaker(string producer, Random random, int queues)
{
    /// <summary>What the ids of all jobs begin with, and so the bare keys of their results.</summary>
    public const string IdPrefix = "job-";

    private int _count;

    public LoadedJob Next()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{producer}-{++_count}");
        var queue = queues > 1 && random.Next(3) == 0 ? 1 : 0;
        var roll = random.Next(100);
        if (roll == 0)
        {
            return new LoadedJob(id, Keywords: null, TimeSpan.Zero, queue);
        }

        var sleepMs = roll < 12 ? random.Next(1_000, 4_000) : random.Next(0, 150);
        var failures = random.Next(100) switch { < 3 => 99, < 12 => 1, _ => 0 };
        // One that ignores its cancellation comes to its effect even when it has long been recovered: the token must refuse it.
        var effect = random.Next(2) == 0 ? $", \"effect\": \"{id}\", \"ignore_cancellation\": {Json(random.Next(3) != 0)}" : "";
        var delay = random.Next(5) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 3_000)) : TimeSpan.Zero;
        var keywords = string.Create(
            CultureInfo.InvariantCulture, $"\"sleep_ms\": {sleepMs}, \"fail_attempts\": {failures}{effect}");
        return new LoadedJob(id, $"{{{keywords}}}", delay, queue);
    }

    private static string Json(bool value) => value ? "true" : "false";
}
