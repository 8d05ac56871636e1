using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

[Category("Unit")]
internal sealed class ScheduleInstantsTests
{
    private static readonly DateTimeOffset Noon = new(2027, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly ZoneClocks Zones = new();

    [Test]
    public void A_time_fires_once_and_late_when_it_was_missed()
    {
        var instants = Rule(new ScheduleTiming.At(Noon));

        Assert.That(instants.Due(Noon.AddHours(-1), null, Noon.AddTicks(-1)), Is.Null);
        Assert.That(instants.Next(Noon.AddHours(-1), Noon.AddTicks(-1)), Is.EqualTo(Noon));
        Assert.That(instants.Due(Noon.AddHours(-1), null, Noon), Is.EqualTo(Noon));
        Assert.That(instants.Due(Noon.AddDays(2), null, Noon.AddDays(3)), Is.EqualTo(Noon), "first seen after it");
        Assert.That(instants.Due(Noon.AddHours(-1), Noon, Noon.AddDays(3)), Is.Null);
        Assert.That(instants.Next(Noon.AddHours(-1), Noon), Is.Null);
    }

    [Test]
    public void An_interval_fires_when_first_seen_and_every_period_from_there()
    {
        var instants = Rule(new ScheduleTiming.Every(TimeSpan.FromSeconds(90)));

        Assert.That(instants.Due(Noon, null, Noon.AddSeconds(-1)), Is.Null);
        Assert.That(instants.Next(Noon, Noon.AddSeconds(-1)), Is.EqualTo(Noon));
        Assert.That(instants.Due(Noon, null, Noon), Is.EqualTo(Noon));
        Assert.That(instants.Due(Noon, Noon, Noon.AddSeconds(89)), Is.Null);
        Assert.That(instants.Next(Noon, Noon.AddSeconds(89)), Is.EqualTo(Noon.AddSeconds(90)));
        Assert.That(instants.Next(Noon, Noon.AddSeconds(90)), Is.EqualTo(Noon.AddSeconds(180)));
        Assert.That(instants.Due(Noon, Noon, Noon.AddSeconds(90)), Is.EqualTo(Noon.AddSeconds(90)));
    }

    [Test]
    public void Of_missed_intervals_the_latest_fires()
    {
        var instants = Rule(new ScheduleTiming.Every(TimeSpan.FromSeconds(90)));

        Assert.That(instants.Due(Noon, Noon, Noon.AddSeconds(1_000)), Is.EqualTo(Noon.AddSeconds(990)));
        Assert.That(instants.Due(Noon, null, Noon.AddSeconds(1_000)), Is.EqualTo(Noon.AddSeconds(990)));
        Assert.That(instants.Due(Noon, Noon.AddSeconds(990), Noon.AddSeconds(1_000)), Is.Null);
    }

    [Test]
    public void An_interval_longer_than_time_fires_once()
    {
        var instants = Rule(new ScheduleTiming.Every(TimeSpan.FromSeconds(900_000_000_000)));

        Assert.That(instants.Due(Noon, null, Noon), Is.EqualTo(Noon));
        Assert.That(instants.Next(Noon, Noon), Is.Null);
    }

    [Test]
    public void A_cron_fires_from_when_it_was_first_seen_on()
    {
        var instants = Rule(Cron("*/15 * * * *"));

        Assert.That(instants.Due(Noon.AddMinutes(1), null, Noon.AddMinutes(14)), Is.Null);
        Assert.That(instants.Next(Noon.AddMinutes(1), Noon.AddMinutes(14)), Is.EqualTo(Noon.AddMinutes(15)));
        Assert.That(instants.Next(Noon.AddMinutes(20), Noon.AddMinutes(14)), Is.EqualTo(Noon.AddMinutes(30)));
        Assert.That(instants.Due(Noon, null, Noon), Is.EqualTo(Noon), "seen at that very instant");
        Assert.That(instants.Due(Noon, Noon, Noon.AddMinutes(15)), Is.EqualTo(Noon.AddMinutes(15)));
    }

    [Test]
    public void Of_missed_crons_the_latest_fires_whenever_it_was()
    {
        Assert.That(Rule(Cron("*/15 * * * *")).Due(Noon, Noon, Noon.AddDays(3)), Is.EqualTo(Noon.AddDays(3)));
        Assert.That(
            Rule(Cron("0 0 29 2 *")).Due(Noon.AddYears(-9), null, Noon), Is.EqualTo(new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(Rule(Cron("0 12 10 3 *")).Due(Noon.AddYears(-1), Noon.AddYears(-1), Noon.AddSeconds(-1)), Is.Null);
        Assert.That(Rule(Cron("0 0 30 2 *")).Due(Noon.AddYears(-9), null, Noon), Is.Null);
        Assert.That(Rule(Cron("0 0 30 2 *")).Next(Noon, Noon), Is.Null);
        Assert.That(Rule(Cron("0 0 30 2 *", "Europe/Warsaw")).Next(Noon, Noon), Is.Null);
    }

    [Test]
    public void An_offset_moves_the_clock_ahead_of_UTC()
    {
        var ahead = Rule(new ScheduleTiming.Cron("0 13 * * *", null, TimeSpan.FromHours(1)));
        var behind = Rule(new ScheduleTiming.Cron("30 6 * * *", null, TimeSpan.FromMinutes(-330)));

        Assert.That(ahead.Due(Noon, null, Noon), Is.EqualTo(Noon));
        Assert.That(behind.Due(Noon, null, Noon), Is.EqualTo(Noon));
    }

    [Test]
    public void In_a_zone_a_time_that_exists_twice_fires_twice()
    {
        // Warsaw, 2027-10-31: 03:00 becomes 02:00 at 01:00 UTC.
        var midnight = new DateTimeOffset(2027, 10, 30, 22, 0, 0, TimeSpan.Zero);

        Assert.That(
            Instants("30 2 * * *", midnight, midnight.AddHours(25)),
            Is.EqualTo(new[] { midnight.AddMinutes(150), midnight.AddMinutes(210) }));
    }

    [Test]
    public void In_a_zone_a_time_that_the_clocks_leave_out_never_fires()
    {
        // Warsaw, 2027-03-28: 02:00 becomes 03:00 at 01:00 UTC.
        var midnight = new DateTimeOffset(2027, 3, 27, 23, 0, 0, TimeSpan.Zero);

        Assert.That(Instants("30 2 * * *", midnight, midnight.AddHours(23)), Is.Empty);
        Assert.That(Instants("0 3 * * *", midnight, midnight.AddHours(23)), Is.EqualTo(new[] { midnight.AddHours(2) }));
        Assert.That(Instants("0 * * * *", midnight, midnight.AddHours(3)).Count(), Is.EqualTo(4));
    }

    [TestCase("Europe/Warsaw")]
    [TestCase("Europe/Dublin")]
    [TestCase("America/St_Johns")]
    [TestCase("Australia/Lord_Howe")]
    [TestCase("Africa/Casablanca")]
    [TestCase("Asia/Kathmandu")]
    public void A_cron_in_a_zone_fires_in_each_minute_that_pycron_matches_and_in_no_other(string zone)
    {
        // As TaskIQ does: each minute of UTC is turned into local time, and looked at.
        var cron = new PyCron("*/10 0-4 */2 * *");
        var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var start = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var end = start.AddYears(1);
        var expected = new List<DateTimeOffset>();
        for (var minute = start; minute <= end; minute = minute.AddMinutes(1))
        {
            if (cron.Matches((minute + info.GetUtcOffset(minute)).DateTime))
            {
                expected.Add(minute);
            }
        }

        var found = ((CronInstants)Rule(Cron("*/10 0-4 */2 * *", zone))).After(start.AddTicks(-1)).TakeWhile(instant => instant <= end);

        Assert.That(found, Is.EqualTo(expected));
    }

    [TestCase("0 0 * jan *", null, "field 'cron' is not read: its month has 'jan'")]
    [TestCase("* * * * *", "Europe/Nowhere", "field 'cron_offset' names no time zone")]
    [TestCase("* * * * *", "../../etc/passwd", "field 'cron_offset' names no time zone")]
    [TestCase("* * * * *", "/usr/share/zoneinfo/UTC", "field 'cron_offset' names no time zone")]
    [TestCase("* * * * *", "nan\0", "field 'cron_offset' names no time zone")]
    public void What_cannot_be_read_is_said(string cron, string? zone, string problem)
    {
        Assert.That(ScheduleInstants.TryCreate(Cron(cron, zone), Zones, out _, out var found), Is.False);
        Assert.That(found, Does.StartWith(problem));
    }

    private static ScheduleTiming.Cron Cron(string expression, string? zone = null) => new(expression, zone, TimeSpan.Zero);

    private static IEnumerable<DateTimeOffset> Instants(string cron, DateTimeOffset from, DateTimeOffset to) =>
        ((CronInstants)Rule(Cron(cron, "Europe/Warsaw"))).After(from.AddTicks(-1)).TakeWhile(instant => instant <= to);

    private static ScheduleInstants Rule(ScheduleTiming timing) =>
        ScheduleInstants.TryCreate(timing, Zones, out var instants, out var problem) ? instants : throw new InvalidOperationException(problem);
}
