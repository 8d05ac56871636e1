using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fsck;

[Category("Integration")]
[OnEachServer]
internal sealed class KeyspaceCheckTests
{
    private FsckBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await FsckBench.CreateAsync(
        new QueueOptions { ResultTtlSeconds = 77, EnqueueOnceSeconds = 88 });

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task A_once_key_without_TTL_gets_one()
    {
        var key = _bench.Keys.OnceById("t");
        await _bench.Redis.StringSetAsync(key, "1");

        await _bench.FindsAndRepairsAsync(FindingKind.OnceKeyWithoutTtl, key, "never expires");

        Assert.That((await _bench.Redis.KeyTimeToLiveAsync(key))!.Value.TotalSeconds, Is.InRange(1, 88));
    }

    [Test]
    public async Task An_effect_of_the_canary_without_TTL_gets_one()
    {
        await _bench.Redis.HashSetAsync(_bench.Keys.CanaryEffect("check"), "token", "1");

        await _bench.FindsAndRepairsAsync(FindingKind.KeyWithoutTtl, _bench.Keys.CanaryEffect("check"), "never expires");
    }

    [TestCase("alone")]
    [TestCase("durable")]
    public async Task A_claim_or_a_mark_without_TTL_gets_one(string name)
    {
        var key = _bench.Queue.Own(name);
        await _bench.Redis.StringSetAsync(key, "1");

        await _bench.FindsAndRepairsAsync(FindingKind.KeyWithoutTtl, key, "never expires");
    }

    [Test]
    public async Task A_once_key_of_a_schedule_s_run_without_TTL_gets_one()
    {
        var key = _bench.Keys.LastRun("nightly");
        await _bench.Redis.StringSetAsync(key, "1");

        await _bench.FindsAndRepairsAsync(FindingKind.OnceKeyWithoutTtl, key, "never expires");

        Assert.That((await _bench.Redis.KeyTimeToLiveAsync(key))!.Value.TotalHours, Is.InRange(23, 24));
    }

    [Test]
    public async Task A_worker_s_hash_without_TTL_gets_one()
    {
        var key = _bench.Keys.Worker("w");
        await _bench.Redis.HashSetAsync(key, "host", "h");

        await _bench.FindsAndRepairsAsync(FindingKind.WorkerHashWithoutTtl, key, "never expires");

        Assert.That((await _bench.Redis.KeyTimeToLiveAsync(key))!.Value.TotalSeconds, Is.InRange(1, 60));
    }

    [TestCase("t")]
    [TestCase("t__progress")]
    public async Task A_result_without_TTL_gets_one(string taskId)
    {
        var key = _bench.Keys.Result(taskId);
        await _bench.Redis.StringSetAsync(key, "{}");

        await _bench.FindsAndRepairsAsync(FindingKind.ResultWithoutTtl, key, "never expires");

        Assert.That((await _bench.Redis.KeyTimeToLiveAsync(key))!.Value.TotalSeconds, Is.InRange(1, 77));
    }

    [Test]
    public async Task A_result_of_another_type_is_named_only()
    {
        await _bench.Redis.SetAddAsync(_bench.Keys.Result("t"), "x");

        await _bench.OnlyNamesAsync(FindingKind.WrongType, _bench.Keys.Result("t"), "is a set, must be a string");
    }

    [Test]
    public async Task A_ready_list_that_is_none_is_named_only()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Ready, "a result that the Python service wrote over it");

        await _bench.OnlyNamesAsync(FindingKind.WrongType, _bench.Keys.Ready, "is a string, must be a list");
    }

    [TestCase("delayed")]
    [TestCase("workers")]
    [TestCase("departed")]
    [TestCase("suspects")]
    [TestCase("parked")]
    [TestCase("dead")]
    [TestCase("dead:entries")]
    [TestCase("dead:bytes")]
    [TestCase("seq")]
    [TestCase("isolated")]
    [TestCase("processing:w")]
    public async Task A_key_of_another_type_is_named_only_and_stops_no_other_check(string name)
    {
        await _bench.Redis.SetAddAsync(_bench.Queue.Own(name), "x");

        await _bench.OnlyNamesAsync(FindingKind.WrongType, _bench.Queue.Own(name), "is a set, must be a");
    }

    [Test]
    public async Task A_key_that_nobody_knows_is_named_and_never_deleted()
    {
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("from-the-future"), "1");

        await _bench.OnlyNamesAsync(FindingKind.UnknownKey, _bench.Queue.Own("from-the-future"), "a string without TTL");

        Assert.That(await _bench.Redis.KeyExistsAsync(_bench.Queue.Own("from-the-future")), Is.True);
    }

    [Test]
    public async Task Keys_as_they_should_be_are_no_findings()
    {
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("fence"), "7");
        await _bench.Redis.HashSetAsync(_bench.Queue.Own("epoch"), "id", "e");
        await _bench.Redis.HashSetAsync(_bench.Queue.Own("paused"), "nightly", "1");
        await _bench.Redis.HashSetAsync(_bench.Queue.Own("stats:schedules"), "nightly:fired", "1");
        await _bench.Redis.ListLeftPushAsync(_bench.Queue.Own("isolated"), FsckBench.Envelope("t"));
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("alone"), "w", TimeSpan.FromMinutes(1));
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("durable"), "1", TimeSpan.FromMinutes(1));
        await _bench.Redis.HashSetAsync(_bench.Queue.Own("canary:check"), "token", "1");
        await _bench.Redis.KeyExpireAsync(_bench.Queue.Own("canary:check"), TimeSpan.FromMinutes(1));
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("once:run:nightly"), "1", TimeSpan.FromMinutes(1));
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("once:newest:nightly"), "1", TimeSpan.FromMinutes(1));
        await _bench.Redis.StringSetAsync(_bench.Queue.Own("departed:claim"), "1", TimeSpan.FromMinutes(1));

        var report = await _bench.RunAsync();

        Assert.That(report.Counts, Is.Empty);
        Assert.That(report.Examined, Is.GreaterThanOrEqualTo(8));
    }

    [Test]
    public async Task A_queue_s_name_with_the_characters_of_a_pattern_means_itself()
    {
        await using var other = await TestQueue.CreateAsync();
        var options = new QueueOptions { Name = $"{other.Options.Name}[x]*" };
        var keys = new QueueKeys(Microsoft.Extensions.Options.Options.Create(options));
        await other.Queue.StringSetAsync(keys.OnceById("t"), "1");
        await other.Queue.StringSetAsync(other.Keys.OnceById("t"), "1");

        var server = other.Queue.Multiplexer.GetServers()[0];
        var found = await server.KeysAsync(pattern: keys.OwnKeysPattern).ToListAsync();

        Assert.That(found, Is.EqualTo(new[] { keys.OnceById("t") }));
    }
}
