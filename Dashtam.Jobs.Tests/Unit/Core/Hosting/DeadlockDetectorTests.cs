using Dashtam.Jobs.Core.Hosting;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Hosting;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DeadlockDetectorTests
{
    private const int Limit = 60;

    private readonly FakeTimeProvider _time = new();
    private readonly FakePool _pool = new();
    private readonly FakePulse _pulse = new();
    private readonly DeadlockDetector _detector;

    public DeadlockDetectorTests() =>
        _detector = new DeadlockDetector(_pool, [_pulse], _time, TimeSpan.FromSeconds(Limit));

    [Test]
    public void A_pool_that_works_is_not_deadlocked() => Assert.That(Look(10 * Limit, _pool.RunPosted), Is.Null);

    [Test]
    public void A_pool_that_does_nothing_for_the_whole_limit_is()
    {
        Assert.That(Look(Limit - 1), Is.Null);
        Assert.That(Look(2), Does.Contain("thread pool"));
    }

    [Test]
    public void One_that_gets_a_thread_now_and_then_is_not() =>
        Assert.That(Look(10 * Limit, Every(30, () => _pool.Threads++)), Is.Null);

    [Test]
    public void One_that_ends_a_piece_of_work_now_and_then_is_not() =>
        Assert.That(Look(10 * Limit, Every(30, () => _pool.Completed++)), Is.Null);

    [Test]
    public void One_whose_handlers_compute_is_not() =>
        Assert.That(Look(10 * Limit, () => _pool.Processor += TimeSpan.FromSeconds(0.5)), Is.Null);

    [Test]
    public void A_process_that_was_stopped_begins_anew()
    {
        for (var pause = 0; pause < 10; pause++)
        {
            Assert.That(Look(Limit - 5), Is.Null);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.That(Look(Limit - 5), Is.Null);
    }

    [Test]
    public void A_starved_machine_on_which_the_looks_come_late_proves_nothing()
    {
        for (var look = 0; look < Limit; look++)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            Assert.That(_detector.Look(), Is.Null);
        }
    }

    [Test]
    public void A_loop_that_stays_in_one_turn_for_the_whole_limit_is_deadlocked()
    {
        _pulse.Turn = 7;

        Assert.That(Look(Limit, _pool.RunPosted), Is.Null);
        Assert.That(Look(2, _pool.RunPosted), Does.Contain(_pulse.Name));
    }

    [Test]
    public void A_loop_whose_turns_follow_each_other_is_not() => Assert.That(
        Look(10 * Limit, Every(50, () => _pulse.Turn = (_pulse.Turn ?? 0) + 1) + _pool.RunPosted), Is.Null);

    [Test]
    public void A_loop_that_waits_between_two_turns_is_not() => Assert.That(Look(10 * Limit, _pool.RunPosted), Is.Null);

    [Test]
    public void A_loop_is_not_judged_while_the_pool_is_too_busy_to_answer_it()
    {
        _pulse.Turn = 7;

        Assert.That(Look(10 * Limit, () => _pool.Processor += TimeSpan.FromSeconds(0.5)), Is.Null);
    }

    private static Action Every(int seconds, Action act)
    {
        var second = 0;
        return () =>
        {
            if (++second % seconds == 0)
            {
                act();
            }
        };
    }

    /// <summary>Looks once a second; the first thing that it says.</summary>
    private string? Look(int seconds, Action? before = null)
    {
        for (var second = 0; second < seconds; second++)
        {
            before?.Invoke();
            _time.Advance(DeadlockDetector.Interval);
            if (_detector.Look() is { } deadlock)
            {
                return deadlock;
            }
        }

        return null;
    }

    private sealed class FakePool : IPoolView
    {
        private Action? _posted;

        public long Completed { get; set; }

        public int Threads { get; set; }

        public TimeSpan Processor { get; set; }

        public PoolWork Look() => new(Completed, Threads, Processor);

        public void Post(Action work) => _posted = work;

        public void RunPosted()
        {
            _posted?.Invoke();
            _posted = null;
        }
    }

    private sealed class FakePulse : IPulse
    {
        public string Name => "loop of this test";

        public long? Turn { get; set; }
    }
}
