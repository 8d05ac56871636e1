using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>Messages of TaskIQ's default backend, run by a worker's process: where their results are.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class TaskiqResultsTests
{
    [TestCase("AUTO", "pickle")]
    [TestCase("json", "json")]
    [TestCase("Pickle", "pickle")]
    [TestCase("none", "none")]
    public async Task A_result_is_where_the_default_client_looks_for_it(string setting, string expected)
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await using var worker = ServiceProcess.Worker(
            WorkerSettings.On(queue, redis.ConnectionString, more: [("JOBS_TASKIQ_RESULTS", setting), ("JOBS_RETRY_BASE_SECONDS", "0.05")]));
        await queue.Queue.StringSetAsync("planted", "another program's");
        string[] ids = ["my-own-id 1/ä", "smart-retry", "given-id", "dead-id"];

        await queue.PushAsync(
            Fixture("message-custom-task-id.json"), Fixture("message-retry-smart-2.json"),
            Fixture("message-simple.json", id: "given-id"), Fixture("message-custom-task-id.json", "dead-id", """{"fail_attempts": 9}"""),
            Fixture("message-labels-types-null.json", id: "planted"));
        foreach (var id in (string[])[.. ids, "planted"])
        {
            await worker.UntilAsync(() => queue.Queue.KeyExistsAsync(queue.Keys.Result(id)), $"a result of {id}");
        }

        foreach (var id in ids)
        {
            var json = (byte[])(await queue.Queue.StringGetAsync(queue.Keys.Result(id)))!;
            Assert.That(JsonElement.Parse(json).GetProperty("is_err").GetBoolean(), Is.EqualTo(id == "dead-id"));
            Assert.That((byte[]?)await queue.Queue.StringGetAsync(id), Is.EqualTo(expected switch
            {
                "pickle" => PickleWriter.FromJson(json),
                "json" => json,
                _ => null,
            }), id);
        }

        Assert.That((string?)await queue.Queue.StringGetAsync("planted"), Is.EqualTo("another program's"));
        if (expected != "none")
        {
            await worker.UntilLoggedAsync("bare_result_key_taken"); // the worker says so after the results are in Redis
        }

        Assert.That(worker.Count("bare_result_key_taken"), Is.EqualTo(expected == "none" ? 0 : 1));
    }

    /// <summary>A message as TaskIQ sent it, for a job that is known here.</summary>
    private static byte[] Fixture(string file, string? id = null, string kwargs = "{}")
    {
        var message = WireFixtures.Message(file);
        message = message with { TaskName = "run_canary", TaskId = id ?? message.TaskId };
        var text = message.ToText();
        var args = text.IndexOf("\"args\": ", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(
            $"{text[..args]}\"args\": [], \"kwargs\": {kwargs}}}");
    }
}
