using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.PythonSchedules;

/// <summary>The scripts that note, fire, forget and name entries.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(30_000)]
internal sealed class PythonScheduleStoreTests
{
    private const string Id = "tokens";
    private const string Name = "data:" + Id;
    private static readonly CancellationToken None = CancellationToken.None;

    private TestQueue _queue = null!;
    private PythonScheduleBench _bench = null!;
    private DateTimeOffset _now;

    private PythonScheduleStore Store => _bench.Store;

    private RedisKey Entry => _bench.Source.Entry(Name);

    [SetUp]
    public async Task SetUp()
    {
        _queue = await PythonScheduleBench.QueueAsync();
        _bench = new PythonScheduleBench(_queue);
        _now = await Store.GetTimeAsync(None);
    }

    [TearDown]
    public async Task TearDown()
    {
        _bench.Dispose();
        await _queue.DisposeAsync();
    }

    [Test]
    public async Task An_entry_that_was_noted_is_due_at_its_instant_and_not_before()
    {
        await IndexedAsync("bytes", _now.AddSeconds(5));

        Assert.That(await Store.DueAsync(_now.AddSeconds(4), 10, None), Is.Empty);
        Assert.That(await Store.DueAsync(_now.AddSeconds(5), 10, None), Is.EqualTo([Name]));
    }

    [Test]
    public async Task A_large_entry_fits_its_mark_until_it_changes()
    {
        var bytes = new byte[20_000];
        bytes.AsSpan().Fill((byte)'x');
        var mark = EntryMark.Of(bytes)!;
        await _queue.Queue.StringSetAsync(Entry, bytes);
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.True);

        await _queue.Queue.StringAppendAsync(Entry, "x");
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.False, "it has grown");
        await _queue.Queue.StringSetAsync(Entry, bytes.AsMemory(1));
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.False, "it has shrunk");
        await _queue.Queue.KeyDeleteAsync(Entry);
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.False, "it is gone");
        await _queue.Queue.ListRightPushAsync(Entry, "x");
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.False, "it is no text");
    }

    [Test]
    public async Task An_entry_that_is_too_large_fits_its_mark_until_it_is_not_too_large_any_more()
    {
        var bytes = new byte[PythonScheduleStore.LargestEntry + 500];
        await _queue.Queue.StringSetAsync(Entry, bytes);
        var mark = EntryMark.Of((await ReadAsync()).Bytes!)!;
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.True);

        await _queue.Queue.StringSetAsync(Entry, bytes.AsMemory(0, PythonScheduleStore.LargestEntry));
        Assert.That(await Store.FitsAsync(Name, mark, None), Is.False);
    }

    [Test]
    public async Task What_two_schedulers_see_first_one_of_them_notes()
    {
        await _queue.Queue.StringSetAsync(Entry, "bytes");
        var entry = await ReadAsync();

        Assert.That(await Store.IndexAsync(entry, State(_now), _now, None), Is.True);
        Assert.That(await Store.IndexAsync(entry, State(_now.AddSeconds(9)), _now, None), Is.False);
        Assert.That(EntryState.Parse((await ReadAsync()).State), Is.EqualTo(State(_now)));
    }

    [Test]
    public async Task An_entry_that_was_overwritten_with_more_than_is_read_is_forgotten()
    {
        await IndexedAsync("bytes", _now);
        await _queue.Queue.StringSetAsync(Entry, new string('x', (2 * PythonScheduleStore.LargestEntry) + 1));

        Assert.That(await Store.ForgetAsync(await ReadAsync(), None), Is.True);

        Assert.That(await Store.DueAsync(_now.AddSeconds(1), 10, None), Is.Empty);
        Assert.That(await _queue.Queue.KeyExistsAsync(Entry), Is.True);
    }

    /// <summary>The push must not come before the answer that its entry cannot be removed: the entry would fire again and again.</summary>
    [Test]
    [NotOnGarnet("there a script cannot ask for its user's rights")]
    public async Task A_user_that_may_not_remove_an_entry_does_not_fire_it()
    {
        var entry = await IndexedAsync("bytes", _now);
        var user = $"cut-{Guid.NewGuid():N}";
        await _queue.Queue.ExecuteAsync("ACL", "SETUSER", user, "on", "nopass", "~*", "&*", "+@all", "-del");
        await using var cut = await TestQueue.CreateOnAsync(
            $"{_queue.Queue.Multiplexer.Configuration},user={user},password=any", like: _queue);
        using var bench = new PythonScheduleBench(cut);

        Assert.That(
            () => bench.Store.FireAsync(new PythonFire(entry, _now, Message(), After: null, _now), None),
            Throws.InstanceOf<RedisServerException>().With.Message.StartsWith("NOPERM"));

        Assert.That(await _queue.Queue.ListLengthAsync(_queue.Keys.Ready), Is.Zero);
        Assert.That(await _queue.Queue.KeyExistsAsync(Entry), Is.True);
        await _queue.Queue.ExecuteAsync("ACL", "DELUSER", user);
    }

    [Test]
    public async Task An_instant_fires_once_however_many_try()
    {
        var entry = await IndexedAsync("bytes", _now);
        var fire = new PythonFire(entry, _now, Message(), State(_now) with { LastFired = Ms(_now) }, _now.AddMinutes(1));

        var codes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Store.FireAsync(fire, None)));

        Assert.That(codes.Count(code => code == PythonFireCode.Fired), Is.EqualTo(1));
        Assert.That(codes, Has.Exactly(4).EqualTo(PythonFireCode.AlreadyFired));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetScoreAsync(_queue.Keys.PythonDue, Name), Is.EqualTo(Ms(_now.AddMinutes(1)).ToUnixTimeMilliseconds()));
    }

    [TestCase("overwritten")]
    [TestCase(null)]
    public async Task An_entry_that_was_overwritten_or_unscheduled_since_it_was_read_does_not_fire(string? bytes)
    {
        var entry = await IndexedAsync("bytes", _now);
        _ = bytes is null ? await _queue.Queue.KeyDeleteAsync(Entry) : await _queue.Queue.StringSetAsync(Entry, bytes);

        var code = await Store.FireAsync(new PythonFire(entry, _now, Message(), After: null, _now), None);

        Assert.That(code, Is.EqualTo(PythonFireCode.Changed));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That((string?)await _queue.Queue.StringGetAsync(Entry), Is.EqualTo(bytes));
    }

    [Test]
    public async Task An_instant_in_Redis_future_does_not_fire()
    {
        var entry = await IndexedAsync("bytes", _now.AddMinutes(1));

        var code = await Store.FireAsync(new PythonFire(entry, _now.AddMinutes(1), Message(), After: null, _now), None);

        Assert.That(code, Is.EqualTo(PythonFireCode.TooEarly));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task A_time_entry_is_removed_as_TaskIQ_does_when_it_fires_with_every_mention_of_its_id()
    {
        var minute = _bench.Source.Minute(_now);
        await _queue.Queue.ListRightPushAsync(minute, [Id, "another", Id]);
        var entry = await IndexedAsync("bytes", _now);

        var code = await Store.FireAsync(new PythonFire(entry, _now, Message(), After: null, _now), None);

        Assert.That(code, Is.EqualTo(PythonFireCode.Fired));
        Assert.That(await _queue.Queue.KeyExistsAsync(Entry), Is.False);
        Assert.That(await _queue.Queue.ListRangeAsync(minute), Is.EqualTo((RedisValue[])["another"]));
        Assert.That(await _queue.Queue.KeyExistsAsync([_queue.Keys.PythonEntries, _queue.Keys.PythonDue]), Is.Zero);
    }

    [Test]
    public async Task A_time_entry_that_was_moved_from_the_older_source_is_removed_from_both()
    {
        await _queue.Queue.StringSetAsync(_bench.Source.Entry(Id), "twin");
        var entry = await IndexedAsync("bytes", _now);

        await Store.FireAsync(new PythonFire(entry, _now, Message(), After: null, _now) { RemovesTwin = true }, None);

        Assert.That(await _queue.Queue.KeyExistsAsync(_bench.Source.Entry(Id)), Is.False);
    }

    [Test]
    public async Task Nothing_is_written_where_the_queue_s_key_has_another_type()
    {
        var entry = await IndexedAsync("bytes", _now);
        await _queue.Queue.StringSetAsync(_queue.Keys.Ready, "no list");

        Assert.That(
            () => Store.FireAsync(new PythonFire(entry, _now, Message(), After: null, _now), None),
            Throws.InstanceOf<RedisServerException>().With.Message.Contains("WRONGTYPE"));
        Assert.That((string?)await _queue.Queue.StringGetAsync(Entry), Is.EqualTo("bytes"));
        Assert.That(await Store.DueAsync(_now, 10, None), Is.EqualTo([Name]));
    }

    [Test]
    public async Task What_is_known_of_an_entry_goes_with_it_and_not_before()
    {
        var entry = await IndexedAsync("bytes", _now);

        Assert.That(await Store.ForgetAsync(entry with { Bytes = null }, None), Is.False);
        await _queue.Queue.KeyDeleteAsync(Entry);
        Assert.That(await Store.ForgetAsync(entry with { Bytes = null }, None), Is.True);
        Assert.That(await _queue.Queue.KeyExistsAsync([_queue.Keys.PythonEntries, _queue.Keys.PythonDue]), Is.Zero);
    }

    [Test]
    public async Task An_odd_entry_is_named_once_and_again_when_it_has_other_bytes()
    {
        var entry = new StoredEntry(Name, [1], State: null);

        Assert.That(await Store.NameAsync(entry, OddEntry.Unreadable, None), Is.True);
        Assert.That(await Store.NameAsync(entry, OddEntry.Unreadable, None), Is.False);
        Assert.That(await Store.NameAsync(entry with { Bytes = [2] }, OddEntry.Unreadable, None), Is.True);
        Assert.That(await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.PythonOdd), Is.GreaterThan(TimeSpan.FromHours(23)));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.PythonStats, "unreadable"), Is.EqualTo(2));
    }

    [Test]
    public async Task At_most_a_thousand_odd_entries_are_named()
    {
        await _queue.Queue.HashSetAsync(
            _queue.Keys.PythonOdd,
            [.. Enumerable.Range(0, PythonScheduleStore.NamedAtMost).Select(i => new HashEntry($"{i}", "why"))]);

        Assert.That(await Store.NameAsync(new StoredEntry(Name, [1], State: null), OddEntry.NotOurs, None), Is.False);
    }

    [Test]
    public async Task One_scheduler_of_all_looks_through_the_keyspace_and_another_when_it_has_gone()
    {
        var keyspace = new ScheduleKeyspace(_queue, _queue.Keys, _bench.Source);

        Assert.That(await keyspace.HoldAsync("one", TimeSpan.FromMinutes(1), None), Is.True);
        Assert.That(await keyspace.HoldAsync("two", TimeSpan.FromMinutes(1), None), Is.False);
        Assert.That(await keyspace.HoldAsync("one", TimeSpan.FromMilliseconds(1), None), Is.True);
        Assert.That(async () => await keyspace.HoldAsync("two", TimeSpan.FromMinutes(1), None), Is.True.After(2_000, 5));
    }

    private static DateTimeOffset Ms(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static EntryState State(DateTimeOffset firstSeen) => new(Ms(firstSeen), LastFired: null, "timing", "bytes");

    private static JobEnvelope Message() => new() { TaskId = JobEnvelope.NewTaskId(), TaskName = PythonEntries.Task };

    private async Task<StoredEntry> ReadAsync() => (await Store.ReadAsync([Name], None)).Single();

    private async Task<StoredEntry> IndexedAsync(string bytes, DateTimeOffset due)
    {
        await _queue.Queue.StringSetAsync(Entry, bytes);
        Assert.That(await Store.IndexAsync(await ReadAsync(), State(_now), due, None), Is.True);
        return await ReadAsync();
    }
}
