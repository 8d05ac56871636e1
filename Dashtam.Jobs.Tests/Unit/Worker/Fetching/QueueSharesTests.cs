using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Running;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Fetching;

[Category("Unit")]
internal sealed class QueueSharesTests
{
    private readonly Slots _slots = new(9);
    private int _room;

    [Test]
    public void One_queue_takes_every_slot_and_all_the_room()
    {
        _room = 5;
        var only = Of(("q", null))[0];

        Assert.That(only.Take(signalled: false), Is.EqualTo(new Claim(9, 5)));
        Assert.That(_slots.Free, Is.Zero);
    }

    [Test]
    public void Nothing_more_is_read_ahead_without_a_signal_while_every_slot_is_taken()
    {
        _room = 5;
        var only = Of(("q", null))[0];
        _slots.Take(9);

        Assert.That(only.Take(signalled: false).IsEmpty, Is.True);
        Assert.That(only.Take(signalled: true), Is.EqualTo(new Claim(0, 5)));
    }

    [Test]
    public void Slots_are_dealt_by_weight_among_queues_that_may_have_jobs()
    {
        var shares = Of(("a", 5), ("b", 3), ("c", 1));

        Assert.That(shares.Select(share => share.Take(signalled: false).Slots), Is.EqualTo([5, 3, 1]));
    }

    [Test]
    public void Over_time_starts_follow_the_weights_one_slot_at_a_time()
    {
        var shares = Of(("a", 5), ("b", 3), ("c", 1));
        var starts = new int[3];
        _slots.Take(9);

        for (var freed = 0; freed < 900; freed++)
        {
            _slots.Release();
            starts[StartOne(shares)]++;
        }

        Assert.That(starts, Is.EqualTo([500, 300, 100]));
    }

    [Test]
    public void A_queue_that_had_no_jobs_for_long_gets_no_credit_for_it()
    {
        var shares = Of(("a", 1), ("b", 1));
        _slots.Take(9);
        for (var freed = 0; freed < 100; freed++)
        {
            _slots.Release();
            Drain(shares[1]);
            Start(shares[0], shares[0].Take(signalled: true));
        }

        var starts = new int[2];
        for (var freed = 0; freed < 20; freed++)
        {
            _slots.Release();
            starts[StartOne(shares)]++;
        }

        Assert.That(starts[0], Is.EqualTo(10).Within(1));
    }

    [Test]
    public void In_strict_order_a_later_queue_gets_nothing_while_an_earlier_one_may_have_jobs()
    {
        _room = 5;
        var shares = Of(("first", null), ("later", null));

        Assert.That(shares[1].Take(signalled: true).IsEmpty, Is.True);
        Drain(shares[0]);
        Assert.That(shares[1].Take(signalled: true), Is.EqualTo(new Claim(9, 5)));
    }

    [Test]
    public void A_job_that_a_wait_brought_goes_back_while_a_more_important_queue_may_have_jobs()
    {
        var (strict, weighed) = (Of(("first", null), ("later", null)), Of(("first", 5), ("later", 1)));
        Assert.That((strict[0].MustYield, strict[1].MustYield, weighed[1].MustYield), Is.EqualTo((false, true, false)));

        Drain(strict[0]);
        Assert.That(strict[1].MustYield, Is.False);
    }

    [Test]
    public void Only_in_strict_order_one_queue_s_jobs_come_before_another_s()
    {
        var (strict, weighed) = (Of(("first", null), ("later", null)), Of(("first", 5), ("later", 1)));

        Assert.That((strict[0].ComesBefore("later"), strict[1].ComesBefore("first"), strict[0].ComesBefore("first")), Is.EqualTo((true, false, false)));
        Assert.That(weighed[0].ComesBefore("later"), Is.False);
    }

    [Test]
    public void A_queue_that_had_no_jobs_is_asked_again_for_each_slot_that_is_freed()
    {
        var shares = Of(("first", null), ("later", null));
        Drain(shares[0]);
        var taken = shares[1].Take(signalled: true);
        shares[1].Fetched(taken, started: taken.Slots, came: taken.Slots);

        _slots.Release();

        Assert.That(shares[1].Take(signalled: true).IsEmpty, Is.True);
        Assert.That(shares[0].Take(signalled: true).Slots, Is.EqualTo(1));
    }

    [Test]
    public void A_queue_whose_wait_is_open_keeps_nothing_from_the_others()
    {
        var shares = Of(("first", null), ("later", null));
        shares[0].Watch(open: true);
        _slots.Release(0);

        Assert.That(shares[1].Take(signalled: true).Slots, Is.EqualTo(9));
    }

    [Test]
    public void A_queue_whose_pump_has_not_begun_keeps_nothing_from_the_others()
    {
        var shares = NotBegun(("away", null), ("later", null));

        Assert.That(shares[1].Take(signalled: true).Slots, Is.EqualTo(9));
    }

    [Test]
    public async Task A_slot_that_was_taken_for_a_moment_is_told_of_when_it_is_free_again()
    {
        var shares = Of(("a", 1), ("b", 1));
        _slots.Take(9);
        shares[1].Signal.Clear();
        var told = shares[1].Signal.WaitAsync(CancellationToken.None).AsTask();
        Assert.That(told.IsCompleted, Is.False);

        shares[0].ReturnSlot();

        await told.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(_slots.Free, Is.EqualTo(1));
    }

    [Test]
    public void A_late_fetch_that_brought_nothing_lets_a_wait_open()
    {
        var shares = Of(("a", 1), ("b", 1));
        shares[0].Take(signalled: false);
        shares[0].Failed();
        Drain(shares[1]);

        shares[0].Came(0);

        Assert.That(shares[0].MayWatch, Is.True);
    }

    [Test]
    public void A_fetch_that_is_overdue_keeps_no_slots_and_no_rank()
    {
        var shares = Of(("first", null), ("later", null));
        Assert.That(shares[0].Take(signalled: false).Slots, Is.EqualTo(9));

        shares[0].Failed();

        Assert.That(shares[1].Take(signalled: true).Slots, Is.EqualTo(9));
    }

    [Test]
    public void A_wait_is_open_only_while_a_slot_is_free_and_no_other_queue_wants_it()
    {
        var shares = Of(("a", 1), ("b", 1));
        Drain(shares[0]);
        Assert.That(shares[0].MayWatch, Is.False, "the other queue has not been asked yet");

        Drain(shares[1]);
        Assert.That(shares[0].MayWatch, Is.True);

        _slots.Take(9);
        Assert.That(shares[0].MayWatch, Is.False);
    }

    [TestCase(null)]
    [TestCase(5)]
    public void While_a_suspect_has_the_worker_its_queue_takes_every_slot(int? weight)
    {
        var shares = Of(("first", weight), ("later", weight));
        _slots.Take(8);
        shares[1].TryHoldAlone();

        shares[1].CloseOthers(); // the first queue may have jobs, and may not fetch them now

        Assert.That(shares[1].Take(signalled: true).Slots, Is.EqualTo(1));
    }

    [Test]
    public void The_last_slot_ends_the_waits_of_other_queues()
    {
        var ended = 0;
        var shares = Of(("a", 1), ("b", 1));
        Drain(shares[1]);
        shares[1].EndWait = () => ended++;
        shares[1].Watch(open: true);

        shares[0].Take(signalled: false);

        Assert.That(ended, Is.EqualTo(1));
    }

    [Test]
    public void What_was_claimed_and_did_not_come_is_free_again()
    {
        var shares = Of(("a", 1), ("b", 1));
        var claim = shares[0].Take(signalled: false);

        shares[0].Fetched(claim, started: 1, came: 1);

        Assert.That(_slots.Free, Is.EqualTo(8));
    }

    private IReadOnlyList<QueueShare> Of(params (string Name, int? Weight)[] queues)
    {
        var shares = NotBegun(queues);
        foreach (var share in shares)
        {
            share.Begin();
        }

        return shares;
    }

    private IReadOnlyList<QueueShare> NotBegun(params (string Name, int? Weight)[] queues) =>
        new QueueShares(_slots, [.. queues.Select(queue => new ServedQueue(queue.Name, queue.Weight))], () => _room).All;

    /// <summary>Whoever gets the free slot has a job for it.</summary>
    private static int StartOne(IReadOnlyList<QueueShare> shares)
    {
        for (var i = 0; i < shares.Count; i++)
        {
            if (shares[i].Take(signalled: true) is { IsEmpty: false } claim)
            {
                Start(shares[i], claim);
                return i;
            }
        }

        throw new InvalidOperationException("No queue gets the free slot.");
    }

    private static void Start(QueueShare share, Claim claim) => share.Fetched(claim, started: claim.Slots, came: claim.Slots + claim.Ahead);

    /// <summary>It is asked, and has nothing.</summary>
    private static void Drain(QueueShare share)
    {
        if (share.Take(signalled: true) is { IsEmpty: false } claim)
        {
            share.Fetched(claim, started: 0, came: 0);
        }
    }
}
