using Dashtam.Jobs.Scheduler.PythonSchedules;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

/// <summary>How long a scheduler does not ask Redis whether an entry is due.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(30_000)]
internal sealed class NextLookTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly NextLook _look;

    public NextLookTests() => _look = new NextLook(_time);

    [TestCase(null, 1_000)]
    [TestCase(60_000, 1_000)]
    [TestCase(300, 300)]
    public async Task The_pause_lasts_until_the_next_entry_is_due_and_a_second_at_most(int? dueInMs, int pauseMs)
    {
        var waiting = _look.WaitAsync(Now, dueInMs is { } ms ? Now.AddMilliseconds(ms) : null, None);

        _time.Advance(TimeSpan.FromMilliseconds(pauseMs) - Moment);
        Assert.That(waiting.IsCompleted, Is.False);
        _time.Advance(Moment);

        await waiting;
    }

    [Test]
    public async Task An_entry_that_is_noted_and_is_due_before_ends_the_pause()
    {
        var waiting = _look.WaitAsync(Now, next: null, None);

        _look.Note(Now.AddMilliseconds(300));

        await waiting;
    }

    [Test]
    public async Task An_entry_that_is_noted_and_is_due_later_does_not()
    {
        var waiting = _look.WaitAsync(Now, next: null, None);

        _look.Note(Now + NextLook.Longest);
        Assert.That(waiting.IsCompleted, Is.False);

        _time.Advance(NextLook.Longest);
        await waiting;
    }

    [Test]
    public async Task An_entry_that_is_noted_between_two_pauses_ends_the_second()
    {
        var first = _look.WaitAsync(Now, Now.AddMilliseconds(300), None);
        _time.Advance(NextLook.Longest);
        await first;

        _look.Note(Now.AddMilliseconds(1_500));

        await _look.WaitAsync(Now + NextLook.Longest, next: null, None);
    }

    [Test]
    public async Task Redis_is_asked_for_its_time_once_in_ten_seconds_and_its_clock_runs_on_meanwhile()
    {
        var store = new FakePythonScheduleStore(_time);
        var clock = new RedisClock(store, _time);

        for (var i = 0; i < 100; i++)
        {
            Assert.That(await clock.NowAsync(None), Is.EqualTo(_time.GetUtcNow()));
            _time.Advance(RedisClock.GoodFor / 50);
        }

        Assert.That(store.Clocks, Is.EqualTo(2));
    }
}
