using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

[Category("Integration")]
[OnEachServer]
internal sealed class RedisJobQueueTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync(
        new QueueOptions { MaxEnvelopeBytes = 2_000, DeadMaxEntries = 3, DeadMaxBytes = 100_000, ParkedMax = 2 });

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task An_envelope_comes_out_byte_for_byte_whatever_it_is()
    {
        // Scripts that parsed it would turn [] into {}, 1.0 into 1, lose the large integer and fail on the rest.
        byte[][] envelopes =
        [
            Encoding.UTF8.GetBytes("""{"args": [], "kwargs": {"a": 1.0, "b": 18446744073709551616, "c": "\ud800"}}"""),
            [0, 1, 2, 255, 254, (byte)'|', 10, 13],
            Encoding.UTF8.GetBytes("not json at all |"),
        ];
        await _queue.RegisterAsync("w");
        await _queue.PushAsync(envelopes);

        var fetched = await _queue.FetchAsync("w", 10);
        var held = await _queue.Jobs.ListAsync("w", CancellationToken.None);

        Assert.That(fetched.Select(delivery => delivery.Envelope), Is.EqualTo(envelopes));
        Assert.That(held, Is.EquivalentTo(envelopes));
    }

    [Test]
    public async Task At_most_as_many_as_there_are_free_slots_are_taken_the_oldest_first()
    {
        await _queue.RegisterAsync("w");
        await _queue.PushAsync("1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray());

        var fetched = await _queue.FetchAsync("w", 2);

        Assert.That(Texts(fetched), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_due_comes_before_what_is_ready_the_earliest_first()
    {
        await _queue.RegisterAsync("w");
        await _queue.PushAsync("ready"u8.ToArray());
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "2|later|with bar", 2_000);
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "1|earlier", 1_000);
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "3|far away", 99_999_999_999_999);

        var batch = await _queue.FetchBatchAsync("w", 10);

        Assert.That(Texts(batch.Deliveries), Is.EqualTo(new[] { "earlier", "later|with bar", "ready" }));
        Assert.That(batch.NextDue, Is.GreaterThan(TimeSpan.FromDays(1)));
    }

    [Test]
    public async Task A_delayed_entry_of_another_form_is_handed_out_as_it_is_and_does_not_hold_up_the_others()
    {
        await _queue.RegisterAsync("w");
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "no number and no bar", 1_000);
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "2|ordinary", 2_000);

        var fetched = await _queue.FetchAsync("w", 10);

        Assert.That(Texts(fetched), Is.EqualTo(new[] { "no number and no bar", "ordinary" }));
    }

    [Test]
    public async Task A_worker_that_is_not_registered_gets_nothing()
    {
        await _queue.PushAsync("1"u8.ToArray());

        var batch = await _queue.FetchBatchAsync("stranger", 10);

        Assert.That(batch.Code, Is.EqualTo(FetchCode.NotRegistered));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_finish_stores_the_result_counts_and_acknowledges()
    {
        var delivery = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, Sha1("job"), 1);

        var settlement = await FinishAsync(delivery, "id 1/ä");

        var result = _queue.Keys.Result("id 1/ä");
        Assert.That(settlement, Is.EqualTo(Settlement.Done));
        Assert.That((string?)await _queue.Queue.StringGetAsync(result), Is.EqualTo("{}"));
        Assert.That((await _queue.Queue.KeyTimeToLiveAsync(result))!.Value.TotalSeconds, Is.InRange(86_300, 86_400));
        Assert.That(await _queue.ProcessingAsync("w"), Is.Zero);
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded"), Is.EqualTo(1));
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Suspects), Is.Zero);
    }

    [Test]
    public async Task A_result_is_also_written_at_the_bare_key_where_one_is_asked_for_but_never_over_another_type()
    {
        _queue.Options.BareKey = BareResultKey.Json;
        _queue.Options.TaskiqResultIds = TaskiqResultIds.Any;
        var own = $"{_queue.Options.Name}:own";
        var list = $"{_queue.Options.Name}:list";
        await _queue.Queue.ListLeftPushAsync(list, "somebody else's");
        var held = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray());

        await FinishAsync(held[0], own);
        var settlement = await FinishAsync(held[1], list);

        Assert.That((string?)await _queue.Queue.StringGetAsync(own), Is.EqualTo("{}"));
        Assert.That((await _queue.Queue.KeyTimeToLiveAsync(own))!.Value.TotalSeconds, Is.InRange(86_300, 86_400));
        Assert.That(settlement, Is.EqualTo(Settlement.Done));
        Assert.That(await _queue.Queue.KeyTypeAsync(list), Is.EqualTo(RedisType.List));
    }

    [Test]
    public async Task A_task_id_that_names_the_queue_or_a_key_of_others_has_no_bare_result()
    {
        _queue.Options.BareKey = BareResultKey.Json;
        _queue.Options.TaskiqResultIds = TaskiqResultIds.Any;
        var name = _queue.Options.Name;
        string[] ids = [name, $"{{{name}}}:dead", "sse:user:1", "schedule:cron", "{sse}:notice:1", (string)_queue.Keys.Result("1")!, ""];

        Assert.That(ids.Select(id => _queue.Keys.BareResult(id)), Is.All.Null);
        await FinishAsync((await _queue.HoldAsync("w", "1"u8.ToArray()))[0], name);
        Assert.That(await _queue.Queue.KeyTypeAsync(name), Is.AnyOf(RedisType.None, RedisType.List));
    }

    [Test]
    public async Task A_finish_repeated_after_a_lost_reply_answers_already_done()
    {
        var delivery = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        await FinishAsync(delivery, "1");

        var again = await FinishAsync(delivery, "1");

        Assert.That(again, Is.EqualTo(Settlement.AlreadyDone));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded"), Is.EqualTo(1));
    }

    [TestCase("finish")]
    [TestCase("retry")]
    [TestCase("dead_letter")]
    [TestCase("park")]
    [TestCase("give_back")]
    public async Task Every_exit_is_fenced_once_the_worker_was_recovered(string exit)
    {
        var delivery = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        await _queue.RecoverAsync("w");

        var settlement = await ExitAsync(exit, delivery);

        Assert.That(settlement, Is.EqualTo(Settlement.Fenced));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1), "recovered once, and put nowhere else");
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result("1")), Is.False);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.Zero);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.Zero);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.Zero);
    }

    [TestCase("finish")]
    [TestCase("retry")]
    [TestCase("dead_letter")]
    [TestCase("park")]
    [TestCase("give_back")]
    public async Task A_stale_run_cannot_take_away_the_new_run_s_entry(string exit)
    {
        var stale = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        await _queue.RecoverAsync("w");
        await _queue.RegisterAsync("w2"); // an incarnation of its own, never the old name
        await _queue.FetchAsync("w2", 1);

        await ExitAsync(exit, stale);

        Assert.That(await _queue.ProcessingAsync("w2"), Is.EqualTo(1));
    }

    [TestCase("finish")]
    [TestCase("retry")]
    [TestCase("dead_letter")]
    [TestCase("park")]
    [TestCase("give_back")]
    public async Task Every_exit_forgets_that_the_envelope_was_a_suspect(string exit)
    {
        var delivery = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, Sha1("job"), 2);

        var settlement = await ExitAsync(exit, delivery);

        Assert.That(settlement, Is.EqualTo(Settlement.Done));
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Suspects), Is.Zero);
        Assert.That(await _queue.ProcessingAsync("w"), Is.Zero);
    }

    [Test]
    public async Task A_retry_is_due_later_with_its_new_bytes()
    {
        var delivery = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];

        await _queue.Jobs.RetryAsync(delivery, "run_canary", "job 2"u8.ToArray(), TimeSpan.FromHours(1), CancellationToken.None);
        var batch = await _queue.FetchBatchAsync("w", 10);

        var delayed = (string?)(await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Delayed))[0];
        Assert.That(batch.Deliveries, Is.Empty);
        Assert.That(batch.NextDue!.Value.TotalSeconds, Is.InRange(3_590, 3_600));
        Assert.That(delayed, Does.EndWith("|job 2"));
    }

    [Test]
    public async Task A_job_that_is_given_back_is_the_next_to_be_fetched()
    {
        var delivery = (await _queue.HoldAsync("w", "mine"u8.ToArray()))[0];
        await _queue.PushAsync("other"u8.ToArray());

        await _queue.Jobs.GiveBackAsync(delivery, CancellationToken.None);
        await _queue.RegisterAsync("w2");
        var next = await _queue.FetchAsync("w2", 1);

        Assert.That(Texts(next), Is.EqualTo(new[] { "mine" }));
    }

    [Test]
    public async Task A_dead_letter_keeps_its_bytes_its_reason_and_an_error_result()
    {
        byte[] envelope = [0, 255, 10, (byte)'{'];
        var delivery = (await _queue.HoldAsync("w", envelope))[0];

        await ExitAsync("dead_letter", delivery);

        var (info, bytes) = await DeadAsync(0);
        Assert.That(bytes, Is.EqualTo(envelope));
        Assert.That(info, Does.Contain("\"reason\":\"failed\"").And.Contain("\"task_id\":\"1\""));
        Assert.That((string?)await _queue.Queue.StringGetAsync(_queue.Keys.Result("1")), Is.EqualTo("error"));
    }

    [Test]
    public async Task Dead_letters_are_bounded_and_the_oldest_go_first()
    {
        var envelopes = Enumerable.Range(1, 5).Select(number => Encoding.UTF8.GetBytes($"job {number}")).ToArray();
        foreach (var delivery in await _queue.HoldAsync("w", envelopes))
        {
            await ExitAsync("dead_letter", delivery);
        }

        var (_, oldest) = await DeadAsync(0);
        var entries = await _queue.Queue.HashGetAllAsync(_queue.Keys.DeadEntries);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(3));
        Assert.That(oldest, Is.EqualTo(envelopes[2]));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "dead:dropped"), Is.EqualTo(2));
        Assert.That(
            (long)await _queue.Queue.StringGetAsync(_queue.Keys.DeadBytes),
            Is.EqualTo(entries.Sum(entry => ((byte[])entry.Value!).Length)));
    }

    [Test]
    public async Task An_envelope_that_is_too_large_is_a_dead_letter_and_does_not_hold_up_the_others()
    {
        var large = Encoding.UTF8.GetBytes(new string('x', 2_001));
        await _queue.RegisterAsync("w");
        await _queue.PushAsync("before"u8.ToArray(), large, "after"u8.ToArray());

        var fetched = await _queue.FetchAsync("w", 10);

        var (info, bytes) = await DeadAsync(0);
        Assert.That(Texts(fetched), Is.EqualTo(new[] { "before", "after" }));
        Assert.That(bytes, Is.EqualTo(large));
        Assert.That(info, Does.Contain("too_large").And.Contain("JOBS_MAX_ENVELOPE_BYTES"));
    }

    [Test]
    public async Task The_parking_place_is_bounded_and_says_so()
    {
        var deliveries = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray());

        var settlements = new List<Settlement>();
        foreach (var delivery in deliveries)
        {
            settlements.Add(await _queue.Jobs.ParkAsync(delivery, CancellationToken.None));
        }

        Assert.That(settlements, Is.EqualTo(new[] { Settlement.Done, Settlement.Done, Settlement.Full }));
        Assert.That(await _queue.ProcessingAsync("w"), Is.EqualTo(1), "the third is still held");
    }

    [Test]
    public async Task A_parked_job_comes_back_once()
    {
        var delivery = (await _queue.HoldAsync("w", "a|b"u8.ToArray()))[0];
        await _queue.Jobs.ParkAsync(delivery, CancellationToken.None);
        var member = (await _queue.Parked.ListAsync(double.NegativeInfinity, 0, 10, CancellationToken.None))[0].Member;

        var first = await _queue.Parked.UnparkAsync(member, CancellationToken.None);
        var second = await _queue.Parked.UnparkAsync(member, CancellationToken.None);

        Assert.That((first, second), Is.EqualTo((true, false)));
        Assert.That(Texts(await _queue.FetchAsync("w", 10)), Is.EqualTo(new[] { "a|b" }));
    }

    [Test]
    public async Task A_queue_key_of_another_type_is_named_and_nothing_is_moved()
    {
        await _queue.RegisterAsync("w");
        await _queue.Queue.StringSetAsync(_queue.Keys.Ready, "a result, written by the Python service");
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "1|due", 1);

        Assert.That(
            () => _queue.FetchAsync("w", 1), Throws.InstanceOf<RedisServerException>().With.Message.Contains("not a list"));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(1));
    }

    [Test]
    public async Task While_the_queue_key_is_of_another_type_no_job_leaves_the_place_where_it_is()
    {
        var held = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray());
        await _queue.Jobs.ParkAsync(held[1], CancellationToken.None);
        var member = (await _queue.Parked.ListAsync(double.NegativeInfinity, 0, 10, CancellationToken.None))[0].Member;
        await _queue.LetLeaseRunOutAsync("w");
        await _queue.Queue.StringSetAsync(_queue.Keys.Ready, "a result, written by the Python service");

        Assert.That(() => _queue.Jobs.GiveBackAsync(held[0], CancellationToken.None), Throws.InstanceOf<RedisServerException>());
        Assert.That(() => _queue.Parked.UnparkAsync(member, CancellationToken.None), Throws.InstanceOf<RedisServerException>());
        Assert.That(() => _queue.TryRecoverAsync("w"), Throws.InstanceOf<RedisServerException>());

        Assert.That(await _queue.ProcessingAsync("w"), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetScoreAsync(_queue.Keys.Workers, "w"), Is.Not.Null, "it is looked at again");
    }

    [Test]
    public async Task Large_envelopes_come_in_replies_of_some_megabytes_and_nothing_is_passed_over()
    {
        _queue.Options.MaxEnvelopeBytes = 2_000_000;
        await _queue.RegisterAsync("w");
        await _queue.PushAsync([.. Enumerable.Range(0, 20).Select(i => Enumerable.Repeat((byte)i, 1_000_000).ToArray())]);

        var replies = new List<int>();
        var envelopes = new List<byte[]>();
        do
        {
            var fetched = await _queue.FetchAsync("w", 20);
            replies.Add(fetched.Count);
            envelopes.AddRange(fetched.Select(delivery => delivery.Envelope));
        }
        while (replies[^1] > 0 && envelopes.Count < 20);

        Assert.That(replies, Is.All.InRange(1, 5));
        Assert.That(envelopes.Select(envelope => (int)envelope[0]), Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [TestCase(1, 0, 1, TestName = "A fetch with any room for bytes takes one job, however large")]
    [TestCase(2_500, 0, 4, TestName = "A fetch ends with the job that uses up its bytes")]
    [TestCase(2_500, 9, 4, TestName = "A fetch that has used up its bytes reads nothing ahead")]
    public async Task A_fetch_takes_jobs_until_its_bytes_are_used_up_and_puts_the_others_back(int mostBytes, int ahead, int jobs)
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(i => i == 0 ? "0" : $"{i}".PadRight(1_000))]; // a small one, and large ones
        await _queue.RegisterAsync("w");
        await _queue.PushAsync([.. names.Select(Encoding.UTF8.GetBytes)]);

        var first = await FetchAsync(mostBytes, ahead);
        var rest = await FetchAsync(long.MaxValue, ahead: 0);

        Assert.That(Texts(first), Is.EqualTo(names[..jobs]));
        Assert.That(Texts(rest), Is.EqualTo(names[jobs..]), "in their old order");
    }

    private async Task<IReadOnlyList<Delivery>> FetchAsync(long mostBytes, int ahead) => (await _queue.Jobs.FetchAsync(
        "w", new FetchRequest(12 - ahead, ahead) { MostBytes = mostBytes }, CancellationToken.None)).Deliveries;

    [Test]
    public async Task Scripts_are_sent_again_when_a_server_has_forgotten_them()
    {
        await _queue.HoldAsync("w", "1"u8.ToArray());
        await _queue.PushAsync("2"u8.ToArray());

        await _queue.Queue.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.That(Texts(await _queue.FetchAsync("w", 1)), Is.EqualTo(new[] { "2" }));
    }

    private Task<Settlement> ExitAsync(string exit, Delivery delivery) => exit switch
    {
        "finish" => FinishAsync(delivery, "1"),
        "retry" => _queue.Jobs.RetryAsync(delivery, "run_canary", "next"u8.ToArray(), TimeSpan.Zero, CancellationToken.None),
        "park" => _queue.Jobs.ParkAsync(delivery, CancellationToken.None),
        "give_back" => _queue.Jobs.GiveBackAsync(delivery, CancellationToken.None),
        _ => _queue.Jobs.DeadLetterAsync(
            delivery,
            new DeadLetter(DeadLetterReason.Failed, "why", "run_canary", "1", Attempts: 3, "error"u8.ToArray()),
            CancellationToken.None),
    };

    private Task<Settlement> FinishAsync(Delivery delivery, string taskId) =>
        _queue.Jobs.FinishAsync(delivery, taskId, "run_canary", "{}"u8.ToArray(), CancellationToken.None);

    private async Task<(string Info, byte[] Envelope)> DeadAsync(int rank)
    {
        var number = (await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Dead, rank, rank))[0];
        var entry = (byte[])(await _queue.Queue.HashGetAsync(_queue.Keys.DeadEntries, number))!;
        var end = Array.IndexOf(entry, (byte)'\n');
        return (Encoding.UTF8.GetString(entry[..end]), entry[(end + 1)..]);
    }

    private static string[] Texts(IEnumerable<Delivery> deliveries) =>
        [.. deliveries.Select(delivery => Encoding.UTF8.GetString(delivery.Envelope))];

    private static string Sha1(string text) => EnvelopeHash.Of(Encoding.UTF8.GetBytes(text));
}
