using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Running;

[Category("Unit")]
internal sealed class ReadAheadTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Run> _overdue = [];
    private ReadAhead _ahead = null!;
    private int _lows;

    [SetUp]
    public void SetUp()
    {
        _overdue.Clear();
        _lows = 0;
        _ahead = new ReadAhead(_time, () => _lows++, HandBackAsync);
    }

    [TearDown]
    public void TearDown() => _ahead.Dispose();

    [TestCase(1, 10, 1, Description = "a job every 10 ms: 15 ms of them is one")]
    [TestCase(1, 100, 0)]
    [TestCase(100, 10, 150)]
    [TestCase(100_000, 10, ReadAhead.Most)]
    public void As_much_is_read_ahead_as_ends_in_15_ms(int jobs, int withinMs, int expected) =>
        Assert.That(RoomAfter(jobs, withinMs), Is.EqualTo(expected));

    [Test]
    public void What_is_there_already_is_not_asked_for_again()
    {
        Add(40);

        Assert.That(RoomAfter(100, withinMs: 10), Is.EqualTo(110));
    }

    [Test]
    public void The_pump_is_told_once_when_half_of_it_is_gone()
    {
        Add(150);
        RoomAfter(100, withinMs: 10);

        Take(74);
        Assert.That(_lows, Is.Zero);
        Take(76);
        Assert.That(_lows, Is.EqualTo(1));
    }

    [Test]
    public async Task Jobs_of_a_less_important_queue_go_back_and_the_rest_keeps_its_order()
    {
        foreach (var (queue, number) in new[] { ("later", 1), ("first", 2), ("later", 3), ("first", 4) })
        {
            _ahead.Add(new Run(new Delivery([(byte)number], "w") { Queue = queue }, _time.GetTimestamp(), CancellationToken.None));
        }

        await _ahead.HandBackAsync(run => run.Delivery.Queue == "later");

        Assert.That(_overdue.Select(run => run.Delivery.Envelope[0]), Is.EqualTo([1, 3]));
        Assert.That(_ahead.Count, Is.EqualTo(2));
        Assert.That(new[] { _ahead.Take(), _ahead.Take() }.Select(run => run!.Delivery.Envelope[0]), Is.EqualTo([2, 4]));
    }

    [Test]
    public void While_slots_take_jobs_none_goes_back()
    {
        Add(2);
        for (var look = 0; look < 10; look++)
        {
            Add(1);
            Take(1);
            _time.Advance(ReadAhead.LookInterval / 2);
        }

        Assert.That(_overdue, Is.Empty);
    }

    [Test]
    public void A_job_that_is_held_for_too_long_goes_back_although_slots_take_jobs()
    {
        Add(100);
        _time.Advance(ReadAhead.LookInterval);
        Take(1);
        _time.Advance(ReadAhead.LookInterval);

        Assert.That(_overdue, Has.Count.EqualTo(99));
        Assert.That((_ahead.Count, _ahead.Take()), Is.EqualTo((0, (Run?)null)));
    }

    [Test]
    public void A_look_that_is_late_itself_is_followed_by_another_before_anything_goes_back()
    {
        Add(1);
        _time.Advance(ReadAhead.LongestHold); // the process stood still
        Assert.That(_overdue, Is.Empty);

        _time.Advance(ReadAhead.LongestHold); // and again: then others take it
        Assert.That(_overdue, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_rate_that_falls_is_believed_by_half()
    {
        Assert.That(RoomAfter(100, withinMs: 10), Is.EqualTo(150));
        Assert.That(RoomAfter(20, withinMs: 10), Is.EqualTo(90));
    }

    [Test]
    public void It_is_low_also_when_less_came_than_was_wanted()
    {
        RoomAfter(100, withinMs: 10);
        Add(76);
        Assert.That(_ahead.IsLow, Is.False);
        Take(1);
        Assert.That(_ahead.IsLow, Is.True);
    }

    [Test]
    public void After_a_mistake_nothing_is_read_ahead_for_a_while_and_longer_after_another()
    {
        MakeMistake();
        Assert.That(RoomAfter(100, withinMs: 10), Is.Zero);
        Assert.That(RoomAfter(400, withinMs: 40), Is.Positive, "50 ms later");

        MakeMistake();
        Assert.That(RoomAfter(750, withinMs: 75), Is.Zero);
        Assert.That(RoomAfter(250, withinMs: 25), Is.Positive, "100 ms later");
    }

    private void MakeMistake()
    {
        Add(1);
        _time.Advance(ReadAhead.LookInterval);
        _time.Advance(ReadAhead.LookInterval);
        Assert.That(_overdue, Is.Not.Empty);
    }

    private Task HandBackAsync(IReadOnlyList<Run> runs)
    {
        _overdue.AddRange(runs);
        return Task.CompletedTask;
    }

    private void Add(int count)
    {
        for (var job = 0; job < count; job++)
        {
            _ahead.Add(new Run(new Delivery([], "w"), _time.GetTimestamp(), CancellationToken.None));
        }
    }

    private void Take(int count)
    {
        for (var job = 0; job < count; job++)
        {
            Assert.That(_ahead.Take(), Is.Not.Null);
        }
    }

    /// <summary>What the pump is told when so many jobs have ended since it last asked.</summary>
    private int RoomAfter(int jobs, int withinMs)
    {
        _ahead.Room();
        for (var job = 0; job < jobs; job++)
        {
            _ahead.Ended();
        }

        _time.Advance(TimeSpan.FromMilliseconds(withinMs));
        return _ahead.Room();
    }
}
