using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support.Fakes;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

[Category("Unit")]
internal sealed class CronWalkTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 4, 5, TimeSpan.Zero);

    [TestCase(0)]
    [TestCase(-60)]
    [CancelAfter(10_000)]
    public void A_walk_that_does_not_advance_ends_with_an_error(int seconds)
    {
        var times = new FireTimes(new StuckCalendar(TimeSpan.FromSeconds(seconds)), new ZoneClock(TimeZoneInfo.Utc));

        Assert.That(() => times.NextAfter(Now), Throws.TypeOf<CronWalkException>());
        Assert.That(() => times.Due(Now.AddDays(-1), Now, keep: 1), Throws.TypeOf<CronWalkException>());
    }

    [Test]
    [CancelAfter(10_000)]
    public void A_walk_that_sticks_later_on_ends_with_an_error()
    {
        var times = new FireTimes(new StuckCalendar(TimeSpan.Zero) { Sound = 3 }, new ZoneClock(TimeZoneInfo.Utc));

        Assert.That(() => times.Due(Now, Now.AddDays(1), keep: 1), Throws.TypeOf<CronWalkException>());
    }

    [Test]
    [CancelAfter(10_000)]
    public void A_cron_that_never_fires_ends_in_every_zone() => Assert.That(
        new FireTimes(Cron.Parse("0 0 31 2 *").Calendar, new ZoneClock(TimeZoneInfo.FindSystemTimeZoneById("Europe/Dublin"))).NextAfter(Now), Is.Null);

    [TestCase("0001-01-01T00:00:00Z", "1971-01-01T00:00:00Z")]
    [TestCase("9999-12-31T23:59:59Z", null)]
    public void Instants_without_sense_are_answered(string after, string? next)
    {
        var times = new FireTimes(Cron.Parse("* * * * *").Calendar, new ZoneClock(TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia")));

        Assert.That(times.NextAfter(At(after))?.UtcDateTime, Is.EqualTo(next is null ? null : (DateTime?)At(next).UtcDateTime));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
