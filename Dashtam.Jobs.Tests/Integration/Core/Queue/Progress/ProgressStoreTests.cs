using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Progress;

[Category("Integration")]
[OnEachServer]
internal sealed class ProgressStoreTests
{
    private string _id = "";
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _id = $"{Guid.NewGuid():N}";
        _queue = await TestQueue.CreateAsync();
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase(TaskiqResults.Auto, true, "pickle")]
    [TestCase(TaskiqResults.Auto, false, "none")]
    [TestCase(TaskiqResults.Json, false, "json")]
    [TestCase(TaskiqResults.None, true, "none")]
    public async Task A_record_stands_where_the_result_will(TaskiqResults setting, bool hasLabelTypes, string expected)
    {
        _queue.Options.TaskiqResults = setting;
        var delivery = (await _queue.HoldAsync("w", "1"u8.ToArray()))[0] with { HasLabelTypes = hasLabelTypes };

        foreach (var fixture in (string[])["progress-started.json", "progress-custom-state-keeps-meta.json"])
        {
            var json = WireFixtures.Bytes(fixture);
            Assert.That(await _queue.Progress.WriteAsync(delivery, _id, json), Is.True);

            Assert.That((byte[]?)await _queue.Queue.StringGetAsync(_queue.Keys.Progress(_id)), Is.EqualTo(json));
            Assert.That(await _queue.Progress.ReadAsync(new Delivery([], "w"), _id, CancellationToken.None), Is.EqualTo(json));
            Assert.That((byte[]?)await _queue.Queue.StringGetAsync($"{_id}__progress"), Is.EqualTo(expected switch
            {
                "pickle" => PickleWriter.FromJson(json),
                "json" => json,
                _ => null,
            }));
        }

        Assert.That((await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.Progress(_id)))!.Value.TotalSeconds, Is.InRange(86_300, 86_400));
    }

    [Test]
    public async Task A_worker_that_lost_the_job_writes_nothing()
    {
        var delivery = (await _queue.HoldAsync("w", "1"u8.ToArray()))[0] with { HasLabelTypes = true };
        await _queue.RecoverAsync("w");

        Assert.That(await _queue.Progress.WriteAsync(delivery, _id, "{\"state\": \"A\"}"u8.ToArray()), Is.False);

        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Progress(_id)), Is.False);
        Assert.That(await _queue.Queue.KeyExistsAsync($"{_id}__progress"), Is.False);
    }

    [TestCase("another program's")]
    [TestCase("{\"is_err\": false}")]
    public async Task What_is_no_record_stays_at_the_bare_key(string planted)
    {
        var delivery = (await _queue.HoldAsync("w", "1"u8.ToArray()))[0] with { HasLabelTypes = true };
        await _queue.Queue.StringSetAsync($"{_id}__progress", planted);

        Assert.That(await _queue.Progress.WriteAsync(delivery, _id, Encoding.UTF8.GetBytes("{\"state\": \"A\"}")), Is.True);

        Assert.That((string?)await _queue.Queue.StringGetDeleteAsync($"{_id}__progress"), Is.EqualTo(planted));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Progress(_id)), Is.True);
    }
}
