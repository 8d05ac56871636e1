using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Bare;

/// <summary>Results at the keys that producers named.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class BareResultsTests
{
    private static readonly byte[] Json = WireFixtures.Bytes("result-ok-none.json");
    private static readonly CancellationToken None = CancellationToken.None;

    private string _run = "";
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _run = $"{Guid.NewGuid():N}";
        _queue = await TestQueue.CreateAsync();
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase(null, true, "pickle")]
    [TestCase(null, false, "none")]
    [TestCase(TaskiqResults.Auto, true, "pickle")]
    [TestCase(TaskiqResults.Pickle, false, "pickle")]
    [TestCase(TaskiqResults.Json, false, "json")]
    [TestCase(TaskiqResults.Json, true, "json")]
    [TestCase(TaskiqResults.None, true, "none")]
    public async Task A_result_goes_to_the_bare_key_in_the_form_that_the_setting_says(
        TaskiqResults? setting, bool hasLabelTypes, string expected)
    {
        _queue.Options.TaskiqResults = setting;
        var held = (await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray()))
            .Select(delivery => delivery with { HasLabelTypes = hasLabelTypes }).ToArray();

        Assert.That(await FinishAsync(held[0], $"{_run}done"), Is.EqualTo(Settlement.Done));
        Assert.That(await DieAsync(held[1], $"{_run}dead"), Is.EqualTo(Settlement.Done));

        foreach (var id in (string[])[$"{_run}done", $"{_run}dead"])
        {
            Assert.That((byte[]?)await _queue.Queue.StringGetAsync(_queue.Keys.Result(id)), Is.EqualTo(Json));
            Assert.That((byte[]?)await _queue.Queue.StringGetDeleteAsync(id), Is.EqualTo(expected switch
            {
                "pickle" => PickleWriter.FromJson(Json),
                "json" => Json,
                _ => null,
            }), "and a client that keeps no results takes it away");
        }
    }

    [Test]
    public async Task Twenty_keys_of_others_stay_as_they_were()
    {
        var planted = await PlantAsync();
        var before = await SnapshotAsync(planted);
        var held = await HoldAsync(2 * planted.Count);

        for (var i = 0; i < planted.Count; i++)
        {
            Assert.That(await FinishAsync(held[2 * i], planted[i]), Is.EqualTo(Settlement.Done));
            Assert.That(await DieAsync(held[(2 * i) + 1], planted[i]), Is.EqualTo(Settlement.Done));
        }

        Assert.That(planted, Has.Count.GreaterThanOrEqualTo(20));
        Assert.That(await SnapshotAsync(planted), Is.EqualTo(before));
        Assert.That(
            (int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "bare_results:key_taken"), Is.EqualTo(2 * planted.Count));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result(planted[0])), Is.True);
    }

    [TestCase("result-ok-none.json")]
    [TestCase("result-error-with-cause.json")]
    [TestCase("result-ok-none.pickle")]
    [TestCase("result-error-with-cause.pickle")]
    [TestCase("result-ok.minimal-protocol-2.pickle")]
    public async Task An_earlier_result_of_the_same_id_is_replaced(string fixture)
    {
        await _queue.Queue.StringSetAsync(_run, WireFixtures.Bytes(fixture));

        await FinishAsync((await HoldAsync(1))[0], _run);

        Assert.That((byte[]?)await _queue.Queue.StringGetAsync(_run), Is.EqualTo(PickleWriter.FromJson(Json)));
        Assert.That((await _queue.Queue.KeyTimeToLiveAsync(_run))!.Value.TotalSeconds, Is.InRange(86_300, 86_400));
        await _queue.Queue.KeyDeleteAsync(_run);
    }

    [TestCase("a:b")]
    [TestCase("a{b}")]
    [TestCase("sse:user:1")]
    [TestCase("schedule:data:1")]
    public async Task An_id_that_may_be_no_key_is_counted_and_nothing_is_written_there(string id)
    {
        Assert.That(await FinishAsync((await HoldAsync(1))[0], id), Is.EqualTo(Settlement.Done));

        Assert.That(await _queue.Queue.KeyExistsAsync(id), Is.False);
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "bare_results:id_refused"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_fenced_worker_s_late_result_is_written_nowhere()
    {
        var held = await HoldAsync(2);
        await _queue.RecoverAsync("w");

        Assert.That(await FinishAsync(held[0], _run), Is.EqualTo(Settlement.Fenced));
        Assert.That(await DieAsync(held[1], _run), Is.EqualTo(Settlement.Fenced));

        Assert.That(await _queue.Queue.KeyExistsAsync(_run), Is.False);
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result(_run)), Is.False);
    }

    private async Task<Delivery[]> HoldAsync(int count) =>
    [
        .. (await _queue.HoldAsync("w", [.. Enumerable.Range(0, count).Select(number => new[] { (byte)'e', (byte)number })]))
            .Select(delivery => delivery with { HasLabelTypes = true }),
    ];

    private Task<Settlement> FinishAsync(Delivery delivery, string taskId) =>
        _queue.Jobs.FinishAsync(delivery, taskId, "run_canary", Json, None);

    private Task<Settlement> DieAsync(Delivery delivery, string taskId) => _queue.Jobs.DeadLetterAsync(
        delivery, new DeadLetter(DeadLetterReason.Failed, "it failed", "run_canary", taskId, Attempts: 1, Json), None);

    /// <summary>Keys of every type, most of them strings that look a little like a result.</summary>
    private async Task<IReadOnlyList<string>> PlantAsync()
    {
        byte[][] texts =
        [
            [], "x"u8.ToArray(), "1"u8.ToArray(), "{}"u8.ToArray(), "{\"is_error\":1}"u8.ToArray(), "{ \"is_err\":1}"u8.ToArray(),
            "{\"is_err\""u8.ToArray(), "[{\"is_err\":1}]"u8.ToArray(), "is_err"u8.ToArray(), [0x80], [0x80, 2, 0x7D],
            [0x80, 5, 0x95, 1], [0x80, 2, 0x7D, 0x28, 0x58, 5, 0, 0, 0, .. "state"u8], [0x80, 2, .. "is_err"u8],
            [0x80, 2, 0x7D, 0x28, 0x58, 7, 0, 0, 0, .. "is_errx"u8], [0x80, 2, 0x5D, 0x28, 0x58, 6, 0, 0, 0, .. "is_err"u8],
            WireFixtures.Bytes("schedule-entry-cron-1.pickle"), WireFixtures.Bytes("progress-started.json"),
        ];
        var keys = texts.Select((_, index) => $"{_run}text{index}").ToList();
        for (var i = 0; i < texts.Length; i++)
        {
            await _queue.Queue.StringSetAsync(keys[i], texts[i]);
        }

        await _queue.Queue.ListLeftPushAsync($"{_run}list", "a");
        await _queue.Queue.HashSetAsync($"{_run}hash", "is_err", "1");
        await _queue.Queue.SortedSetAddAsync($"{_run}zset", "is_err", 1);
        await _queue.Queue.SetAddAsync($"{_run}set", "is_err");
        return [.. keys, $"{_run}list", $"{_run}hash", $"{_run}zset", $"{_run}set"];
    }

    private async Task<IReadOnlyList<string>> SnapshotAsync(IReadOnlyList<string> planted)
    {
        var found = new List<string>();
        foreach (var key in planted)
        {
            var type = await _queue.Queue.KeyTypeAsync(key);
            var text = type == RedisType.String ? Convert.ToHexString((byte[])(await _queue.Queue.StringGetAsync(key))!) : "";
            found.Add($"{key} {type} {text} {await _queue.Queue.KeyTimeToLiveAsync(key)}");
        }

        return found;
    }
}
