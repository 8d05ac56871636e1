using System.Globalization;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

/// <summary>What holds where clocks are changed. Times are UTC.</summary>
[Category("Unit")]
internal sealed class FireTimesTests
{
    private const string Warsaw = "Europe/Warsaw"; // 2026-03-29 02:00 → 03:00 at 01:00Z; 2026-10-25 03:00 → 02:00 at 01:00Z
    private const string NewYork = "America/New_York"; // 2026-03-08 02:00 → 03:00 at 07:00Z; 2026-11-01 02:00 → 01:00 at 06:00Z
    private const string LordHowe = "Australia/Lord_Howe"; // half an hour: 2026-10-03 15:30Z forward; 2026-04-04 15:00Z back
    private const string Cairo = "Africa/Cairo"; // 2026-04-24 00:00 → 01:00 at 22:00Z the day before

    private const string Dublin = "Europe/Dublin"; // negative summer time: 2027-03-28 01:00Z forward; 2027-10-31 01:00Z back
    private const string Casablanca = "Africa/Casablanca"; // negative, in Ramadan: 2026-02-15 02:00Z back; 2026-03-22 02:00Z forward

    private static readonly DateTimeOffset Anytime = Parse("2026-01-01T00:00");

    [TestCase("30 2 * * *", Warsaw, "2026-03-28T12:00", "2026-03-29T01:00", "2026-03-30T00:30")]
    [TestCase("0 2 * * *", Warsaw, "2026-03-28T12:00", "2026-03-29T01:00", "2026-03-30T00:00")]
    [TestCase("30 2 * * *", NewYork, "2026-03-07T12:00", "2026-03-08T07:00", "2026-03-09T06:30")]
    [TestCase("30 1 * * *", Dublin, "2027-03-27T12:00", "2027-03-28T01:00", "2027-03-29T00:30")]
    [TestCase("30 2 * * *", Casablanca, "2026-03-21T12:00", "2026-03-22T02:00", "2026-03-23T01:30")]
    [TestCase("15 2 * * *", LordHowe, "2026-10-03T12:00", "2026-10-03T15:30", "2026-10-04T15:15")]
    [TestCase("0 0 * * *", Cairo, "2026-04-23T12:00", "2026-04-23T22:00", "2026-04-24T21:00")]
    [TestCase("0 0 24 4 *", Cairo, "2026-04-23T12:00", "2026-04-23T22:00", "2027-04-23T22:00")]
    public void A_time_that_does_not_exist_fires_once_at_the_instant_of_the_change(
        string cron, string zone, string after, string first, string second) =>
        Assert.That(Next(cron, zone, after, 2), Is.EqualTo(new[] { Parse(first), Parse(second) }));

    [TestCase("30 2 * * *", Warsaw, "2026-10-24T12:00", "2026-10-25T00:30", "2026-10-26T01:30")]
    [TestCase("30 2-2 * * *", Warsaw, "2026-10-24T12:00", "2026-10-25T00:30", "2026-10-26T01:30")]
    [TestCase("30 1 * * *", Dublin, "2027-10-30T12:00", "2027-10-31T00:30", "2027-11-01T01:30")]
    [TestCase("0 2 * * *", Warsaw, "2026-10-24T12:00", "2026-10-25T00:00", "2026-10-26T01:00")]
    [TestCase("30 1 * * *", NewYork, "2026-10-31T12:00", "2026-11-01T05:30", "2026-11-02T06:30")]
    [TestCase("45 1 * * *", LordHowe, "2026-04-04T12:00", "2026-04-04T14:45", "2026-04-05T15:15")]
    public void A_time_that_exists_twice_fires_the_first_time_alone(
        string cron, string zone, string after, string first, string second) =>
        Assert.That(Next(cron, zone, after, 2), Is.EqualTo(new[] { Parse(first), Parse(second) }));

    [TestCase("2026-10-25T00:30", Description = "the first of the two has just fired")]
    [TestCase("2026-10-25T00:59")]
    [TestCase("2026-10-25T01:00", Description = "the clocks have just been put back")]
    [TestCase("2026-10-25T01:29", Description = "a scheduler that starts in the repeated hour")]
    [TestCase("2026-10-25T01:30")]
    public void Not_even_for_who_asks_amid_the_repeated_hour(string after) =>
        Assert.That(Next("30 2 * * *", Warsaw, after, 1), Is.EqualTo(new[] { Parse("2026-10-26T01:30") }));

    [TestCase(Warsaw, "2026-03-28T22:00")]
    [TestCase(Warsaw, "2026-10-24T22:00")]
    [TestCase(NewYork, "2026-03-08T04:00")]
    [TestCase(NewYork, "2026-11-01T03:00")]
    [TestCase(LordHowe, "2026-10-03T13:00")]
    [TestCase(LordHowe, "2026-04-04T13:00")]
    [TestCase(Dublin, "2027-03-27T22:00")]
    [TestCase(Dublin, "2027-10-30T22:00")]
    [TestCase(Casablanca, "2026-02-14T22:00")]
    [TestCase("Europe/Volgograd", "2020-12-26T20:00")]
    public void A_schedule_of_every_quarter_fires_every_quarter_of_real_time(string zone, string after)
    {
        var times = Next("*/15 * * * *", zone, after, 24);

        Assert.That(times, Is.EqualTo(Enumerable.Range(1, 24).Select(quarter => Parse(after).AddMinutes(15 * quarter))));
    }

    [TestCase(Warsaw, "2026-03-28T22:00")]
    [TestCase(Warsaw, "2026-10-24T22:00")]
    [TestCase(NewYork, "2026-11-01T03:00")]
    public void A_schedule_of_every_hour_fires_every_hour_of_real_time(string zone, string after) =>
        Assert.That(
            Next("0 * * * *", zone, after, 8), Is.EqualTo(Enumerable.Range(1, 8).Select(hour => Parse(after).AddHours(hour))));

    [TestCase("30 2 * * *", Warsaw, "2026-10-24T12:00")]
    [TestCase("30 2 * * *", Warsaw, "2026-03-28T12:00")]
    [TestCase("*/20 * * * *", Warsaw, "2026-10-24T12:00")]
    [TestCase("0 */2 * * *", NewYork, "2026-10-31T12:00")]
    [TestCase("30 23 * * *", Cairo, "2026-10-29T12:00")]
    [TestCase("*/10 1-3 * * *", LordHowe, "2026-04-04T12:00")]
    public void Whoever_asks_at_whatever_time_is_named_the_same_instants(string cron, string zone, string after)
    {
        var times = Read(cron, zone);
        var walked = Next(cron, zone, after, 400);

        var asked = Enumerable.Range(0, 36 * 12).Select(step => Parse(after).AddMinutes(5 * step)).ToList();

        Assert.That(
            asked.Select(times.NextAfter), Is.EqualTo(asked.Select(from => (DateTimeOffset?)walked.First(next => next > from))));
    }

    [Test]
    public void What_is_due_are_the_latest_instants_and_their_number()
    {
        var due = Read("* * * * *", "UTC").Due(Parse("2026-05-01T00:00"), Parse("2026-05-01T01:00"), keep: 2);

        Assert.That(due.Total, Is.EqualTo(60));
        Assert.That(due.Latest, Is.EqualTo(new[] { Parse("2026-05-01T00:59"), Parse("2026-05-01T01:00") }));
    }

    [Test]
    [CancelAfter(30_000)]
    public void A_very_long_outage_of_a_schedule_in_seconds_is_not_counted_to_the_end()
    {
        var due = Read("* * * * * *", "UTC").Due(Parse("2000-01-01T00:00"), Parse("2026-05-01T00:00"), keep: 2);

        Assert.That(due.Total, Is.GreaterThanOrEqualTo(FireTimes.MostCounted));
        Assert.That(due.Latest, Is.EqualTo(new[] { Parse("2026-05-01T00:00").AddSeconds(-1), Parse("2026-05-01T00:00") }));
    }

    private static FireTimes Read(string cron, string zone) =>
        ScheduleCatalog.Read(new JobSchedule("s", "check_expiring_tokens", cron, zone, Setting: null), Anytime).Times;

    private static List<DateTimeOffset> Next(string cron, string zone, string after, int count)
    {
        var times = Read(cron, zone);
        var found = new List<DateTimeOffset>();
        for (var from = Parse(after); found.Count < count; from = found[^1])
        {
            found.Add(times.NextAfter(from)!.Value);
        }

        return found;
    }

    private static DateTimeOffset Parse(string utc) =>
        DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
