using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>dashtam-api's monitor asks Redis three things; what it would show of this queue is what it showed of the original's.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class MonitorTests
{
    [Test]
    public async Task A_queue_with_waiting_running_and_ended_jobs_is_healthy()
    {
        await using var queue = await TestQueue.CreateAsync();
        var held = await queue.HoldAsync("worker", Canary.Envelope("ended"), Canary.Envelope("running"));
        var result = JobResult.FromJson("""{"checked": 1}"""u8.ToArray(), TimeSpan.Zero, JobLabels.Empty).ToUtf8();
        await queue.Jobs.FinishAsync(held[0], "ended", "run_canary", result, CancellationToken.None);
        await queue.PushAsync(Canary.Envelope("waits"));

        var status = await IsHealthyAsync(queue) ? "healthy" : "unhealthy";

        Assert.That(
            JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = status }),
            Is.EqualTo(ApiFixture.Load("http-health-jobs.json").ResponseBody));
        Assert.That(await queue.ReadyAsync(), Is.EqualTo(1), "the length that it shows: waiting jobs only");
        Assert.That(
            JsonElement.Parse(Encoding.UTF8.GetString((byte[])(await queue.Queue.StringGetAsync(queue.Keys.Result("ended")))!))
                .GetProperty("return_value").GetProperty("checked").GetInt32(),
            Is.EqualTo(1));
    }

    /// <summary>As the monitor decides it: Redis answers, and the queue is a list or absent.</summary>
    private static async Task<bool> IsHealthyAsync(TestQueue queue)
    {
        await queue.Queue.PingAsync();
        return await queue.Queue.KeyTypeAsync(queue.Keys.Ready) is RedisType.List or RedisType.None;
    }
}
