using System.Text.Json;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Session;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Session;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WorkerClockTests : IDisposable
{
    private static readonly DateTimeOffset Redis = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Redis);
    private readonly LogLines _log = new();
    private readonly WorkerClock _clock;

    public WorkerClockTests() => _clock = new WorkerClock(_time, _log.Factory.CreateLogger<WorkerClock>());

    private IEnumerable<string?> Events => _log.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());

    public void Dispose() => _log.Dispose();

    [TestCase(0.9, 0, false)]
    [TestCase(-0.9, 0, false)]
    [TestCase(-1.5, 1, false)]
    [TestCase(29, 1, false)]
    [TestCase(31, 1, true)]
    [TestCase(-3_600, 1, true)]
    public void A_clock_that_is_off_is_told_once_and_by_more_than_thirty_seconds_makes_the_worker_unready(
        double seconds, int told, bool farOff)
    {
        Beat(seconds);
        Beat(seconds);

        Assert.That(Events, Is.EqualTo(Enumerable.Repeat("worker_clock_skewed", told)));
        Assert.That(_clock.IsFarOff, Is.EqualTo(farOff));
        Assert.That(_clock.Offset.TotalSeconds, Is.EqualTo(told * seconds));
    }

    [Test]
    public void A_clock_that_gets_worse_is_told_again_when_the_worker_becomes_unready()
    {
        Beat(5);
        Beat(20);
        Beat(40);
        Beat(50);

        Assert.That(Events, Is.EqualTo(["worker_clock_skewed", "worker_clock_skewed"]));
    }

    [Test]
    public void A_clock_that_is_right_again_says_so()
    {
        Beat(3_600);

        Beat(0);

        Assert.That(Events, Is.EqualTo(["worker_clock_skewed", "worker_clock_in_step"]));
        Assert.That(_clock.IsFarOff, Is.False);
    }

    [TestCase(0)]
    [TestCase(3)]
    public void Half_of_a_slow_round_trip_is_doubt(int redisAnsweredAfter)
    {
        _clock.Compare(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return Alive(Redis.AddSeconds(redisAnsweredAfter));
        });

        Assert.That(Events, Is.Empty);
    }

    [Test]
    public void A_lease_that_has_ended_tells_no_time()
    {
        Assert.That(_clock.Compare(() => default), Is.EqualTo(default(Heartbeat)));

        Assert.That(Events, Is.Empty);
    }

    private static Heartbeat Alive(DateTimeOffset redis) => new(Alive: true, 0, 0, 0, TimeSpan.Zero, redis);

    private void Beat(double secondsAhead) => _clock.Compare(() => Alive(Redis.AddSeconds(-secondsAhead)));
}
