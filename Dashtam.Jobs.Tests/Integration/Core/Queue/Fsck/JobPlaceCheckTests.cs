using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fsck;

/// <summary>Delayed and parked jobs, and the counts of deliveries.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class JobPlaceCheckTests
{
    private FsckBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await FsckBench.CreateAsync(
        new QueueOptions { ParkedMax = 2 }, new FsckOptions { PageSize = 7 });

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task A_delayed_entry_without_a_number_becomes_a_dead_letter_byte_for_byte()
    {
        await DelayAsync("no bar, no number"u8.ToArray());

        await _bench.FindsAndRepairsAsync(FindingKind.DelayedUnreadable, _bench.Keys.Delayed, "no number");

        Assert.That(await DeadLettersAsync(), Has.Exactly(1).EndsWith("\nno bar, no number").And.Exactly(1).Contains("malformed"));
    }

    [Test]
    public async Task A_delayed_entry_that_is_no_envelope_becomes_a_dead_letter_and_its_producer_is_told()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 5);
        await DelayAsync([.. "5|"u8, .. """{"task_id": "t", "labels": {}}"""u8]);

        await _bench.FindsAndRepairsAsync(FindingKind.DelayedUnreadable, _bench.Keys.Delayed, "entry 5, 30 bytes: required field");

        Assert.That(await DeadLettersAsync(), Has.Exactly(1).EndsWith("""{"task_id": "t", "labels": {}}"""));
        Assert.That((string?)await _bench.Redis.StringGetAsync(_bench.Keys.Result("t")), Does.Contain("MalformedEnvelopeError"));
        Assert.That(await _bench.Redis.KeyTimeToLiveAsync(_bench.Keys.Result("t")), Is.Not.Null);
    }

    [Test]
    public async Task A_delayed_entry_that_is_never_due_is_made_due_now()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 5);
        await _bench.Redis.SortedSetAddAsync(
            _bench.Keys.Delayed, FsckBench.Member(5, FsckBench.Envelope("t")), double.PositiveInfinity);

        await _bench.FindsAndRepairsAsync(FindingKind.DelayedNeverDue, _bench.Keys.Delayed, "entry 5, task t");

        await _bench.Queue.RegisterAsync("w");
        Assert.That(await _bench.Queue.FetchAsync("w", 1), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_delayed_entry_that_is_due_in_years_is_worth_a_warning()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 5);
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Delayed, FsckBench.Member(5, FsckBench.Envelope("t")), 1e15);

        await _bench.OnlyNamesAsync(FindingKind.DelayedFarOff, _bench.Keys.Delayed, "entry 5, task t");
    }

    [Test]
    public async Task A_parked_entry_that_is_no_envelope_becomes_a_dead_letter()
    {
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Parked, "3|[]", 1);
        await _bench.Redis.StringSetAsync(_bench.Keys.ParkedBytes, 2);
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 3);

        await _bench.FindsAndRepairsAsync(FindingKind.ParkedUnreadable, _bench.Keys.Parked, "must be an object");

        Assert.That(await DeadLettersAsync(), Has.Exactly(1).EndsWith("\n[]"));
    }

    [Test]
    public async Task A_job_that_is_parked_since_a_time_in_the_future_would_not_expire_and_is_parked_since_now()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 1);
        var member = FsckBench.Member(1, FsckBench.Envelope("t"));
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Parked, member, await _bench.NowAsync() + 3_600_000);
        await _bench.Redis.StringSetAsync(_bench.Keys.ParkedBytes, FsckBench.Envelope("t").Length);

        await _bench.FindsAndRepairsAsync(FindingKind.ParkedAhead, _bench.Keys.Parked, "entry 1");

        Assert.That(
            await _bench.Redis.SortedSetScoreAsync(_bench.Keys.Parked, member), Is.EqualTo(await _bench.NowAsync()).Within(10_000));
    }

    [TestCase("abc")]
    [TestCase("inf")]
    [TestCase("007")]
    [TestCase("99999999999999999999")]
    public async Task A_counter_that_is_no_number_begins_anew(string text)
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, text);

        await _bench.FindsAndRepairsAsync(FindingKind.SequenceBehind, _bench.Keys.Sequence, "is no number");

        Assert.That((string?)await _bench.Redis.StringGetAsync(_bench.Keys.Sequence), Is.EqualTo("0"));
    }

    [TestCase("7")]
    [TestCase("nonsense")]
    [TestCase(null)]
    public async Task A_wrong_counter_of_parked_bytes_is_corrected(string? wrong)
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 1);
        await _bench.Redis.SortedSetAddAsync(
            _bench.Keys.Parked, FsckBench.Member(1, FsckBench.Envelope("t")), await _bench.NowAsync());
        await _bench.Redis.StringSetAsync(_bench.Keys.ParkedBytes, wrong);

        var right = FsckBench.Envelope("t").Length;
        await _bench.FindsAndRepairsAsync(FindingKind.ParkedBytesWrong, _bench.Keys.ParkedBytes, $"the parked jobs have {right} bytes");

        Assert.That((int)await _bench.Redis.StringGetAsync(_bench.Keys.ParkedBytes), Is.EqualTo(right));
    }

    [Test]
    public async Task More_parked_jobs_than_allowed_are_worth_a_warning()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.Sequence, 3);
        for (var number = 1; number <= 3; number++)
        {
            await _bench.Redis.SortedSetAddAsync(
                _bench.Keys.Parked, FsckBench.Member(number, FsckBench.Envelope("t")), await _bench.NowAsync());
        }

        await _bench.OnlyNamesAsync(FindingKind.ParkedOverCap, _bench.Keys.Parked, "JOBS_PARKED_MAX");
    }

    [Test]
    public async Task A_counter_behind_a_number_that_it_gave_out_is_raised()
    {
        await DelayAsync(FsckBench.Member(41, FsckBench.Envelope("t")));

        await _bench.FindsAndRepairsAsync(FindingKind.SequenceBehind, _bench.Keys.Sequence, "41");

        Assert.That((long)await _bench.Redis.StringGetAsync(_bench.Keys.Sequence), Is.EqualTo(41));
    }

    [Test]
    public async Task A_count_of_deliveries_without_a_job_is_removed()
    {
        await _bench.Redis.HashSetAsync(_bench.Keys.Suspects, "0123abcd", 2);

        await _bench.FindsAndRepairsAsync(FindingKind.CountWithoutJob, _bench.Keys.Suspects, "0123abcd: counted 2");
    }

    [Test]
    public async Task Counts_of_jobs_far_back_in_long_lists_are_no_findings()
    {
        var envelopes = Enumerable.Range(0, 100).Select(i => FsckBench.Envelope($"t{i}")).ToArray();
        await _bench.Queue.HoldAsync("w", envelopes);
        await _bench.Queue.RecoverAsync("w"); // counts them, and makes them ready
        await _bench.Queue.RegisterAsync("w2");
        await _bench.Queue.FetchAsync("w2", 40);
        var isolated = (RedisKey)$"{{{_bench.Queue.Options.Name}}}:isolated";
        for (var i = 0; i < 20; i++)
        {
            await _bench.Redis.ListMoveAsync(_bench.Keys.Ready, isolated, ListSide.Right, ListSide.Left);
        }

        var report = await _bench.RunAsync();

        Assert.That(await _bench.Redis.HashLengthAsync(_bench.Keys.Suspects), Is.EqualTo(100));
        Assert.That(report.Counts, Is.Empty);
    }

    [Test]
    public async Task A_count_that_grows_while_one_looks_belongs_to_a_job_that_moves()
    {
        await _bench.Redis.HashSetAsync(_bench.Keys.Suspects, "0123abcd", 2);
        _bench.DuringPause = () => _bench.Redis.HashIncrement(_bench.Keys.Suspects, "0123abcd");

        Assert.That((await _bench.RunAsync(repair: true)).Counts, Is.Empty);
        Assert.That(await _bench.Redis.HashExistsAsync(_bench.Keys.Suspects, "0123abcd"), Is.True);
    }

    private Task DelayAsync(byte[] member) =>
        _bench.Redis.SortedSetAddAsync(_bench.Keys.Delayed, member, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds());

    private async Task<IEnumerable<string>> DeadLettersAsync() =>
        (await _bench.Redis.HashValuesAsync(_bench.Keys.DeadEntries)).Select(value => (string)value!);
}
