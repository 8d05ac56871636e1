using System.Text.Json;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
internal sealed class ClockCheckTests
{
    private static readonly DateTimeOffset Redis = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Redis);
    private readonly FakeScheduleLedger _ledger = new() { Clock = () => Redis };
    private readonly FakeFireTimer _timer = new();
    private readonly ClockStep _clock = new();
    private readonly LogLines _log = new();
    private FiringQueue _queue = null!;
    private ClockCheck _check = null!;

    [SetUp]
    public void SetUp()
    {
        _queue = FakeFiring.Queue(_clock, _time);
        _check = new ClockCheck(_ledger, _ledger, new FiringQueues(_queue), _timer, _time, _log.Factory.CreateLogger<ClockCheck>());
    }

    [TearDown]
    public void TearDown()
    {
        _check.Dispose();
        _log.Dispose();
    }

    [TestCase(-1.5)]
    [TestCase(1.5)]
    [TestCase(3_600)]
    public async Task A_clock_that_is_off_by_more_than_a_second_stops_the_firing_and_says_so_once(double seconds)
    {
        _ledger.Clock = () => Redis.AddSeconds(-seconds);

        await _check.CheckAsync(_queue, CancellationToken.None);
        await _check.CheckAsync(_queue, CancellationToken.None);

        Assert.That(_clock.IsInStep, Is.False);
        Assert.That(_clock.Describe(), Does.Contain(seconds > 0 ? "ahead" : "behind"));
        Assert.That(Events, Is.EqualTo(new[] { "clock_skewed" }));
    }

    [TestCase(-0.9)]
    [TestCase(0.9)]
    public async Task A_clock_that_is_off_by_less_fires_on(double seconds)
    {
        _ledger.Clock = () => Redis.AddSeconds(-seconds);

        await _check.CheckAsync(_queue, CancellationToken.None);

        Assert.That(_clock.IsInStep, Is.True);
        Assert.That(Events, Is.Empty);
    }

    [Test]
    public async Task Half_of_a_slow_round_trip_is_doubt_and_no_reason_to_stop()
    {
        _ledger.Clock = () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return Redis.AddSeconds(3); // Redis answered at the very end of it
        };

        await _check.CheckAsync(_queue, CancellationToken.None);

        Assert.That(_clock.IsInStep, Is.True);
    }

    [Test]
    public async Task A_clock_that_is_right_again_says_so_and_the_next_times_are_worked_out_anew()
    {
        _ledger.Clock = () => Redis.AddHours(-1);
        await _check.CheckAsync(_queue, CancellationToken.None);
        Assert.That(_clock.TakeReturned(), Is.False);

        _ledger.Clock = () => Redis;
        await _check.CheckAsync(_queue, CancellationToken.None);

        Assert.That(_clock.IsInStep, Is.True);
        Assert.That(_clock.TakeReturned(), Is.True, "what was missed is caught up at once");
        Assert.That(_timer.Realigned, Is.EqualTo(1));
        Assert.That(Events, Is.EqualTo(new[] { "clock_skewed", "clock_in_step" }));
    }

    [Test]
    public async Task The_clocks_have_agreed_after_a_whole_minute_without_a_failed_look()
    {
        _ledger.Clock = _time.GetUtcNow;
        await LookForAsync(seconds: 57);
        Assert.That(_clock.HasAgreed, Is.False);
        await LookForAsync(seconds: 6);
        Assert.That(_clock.HasAgreed, Is.True);

        _ledger.OutOfReach = true; // another node may answer next
        Assert.That(() => _check.CheckAsync(_queue, CancellationToken.None), Throws.Exception);

        _ledger.OutOfReach = false;
        Assert.That(_clock.HasAgreed, Is.False);
        await LookForAsync(seconds: 57);
        Assert.That(_clock.HasAgreed, Is.False);
    }

    [Test]
    public async Task A_clock_that_is_off_is_reported_to_the_other_schedulers_at_each_look()
    {
        _ledger.Clock = () => Redis.AddHours(-1);

        await _check.CheckAsync(_queue, CancellationToken.None);
        await _check.CheckAsync(_queue, CancellationToken.None);

        Assert.That(_ledger.Skews, Is.EqualTo(new[] { TimeSpan.FromHours(1), TimeSpan.FromHours(1) }));
        Assert.That(_clock.HasAgreed, Is.False);
    }

    private async Task LookForAsync(int seconds)
    {
        for (var passed = 0; passed < seconds; passed += 3)
        {
            await _check.CheckAsync(_queue, CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(3));
        }
    }

    private IEnumerable<string?> Events => _log.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());
}
