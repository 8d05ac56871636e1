using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
internal sealed class CronMeaningsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 4, 5, TimeSpan.Zero);

    [TestCase("0 0 1 JAN-DEC/3 *", "UTC", "2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z, 2027-02-01T00:00:00Z", "2027-01-01T00:00:00Z, 2027-04-01T00:00:00Z, 2027-07-01T00:00:00Z")]
    [TestCase("0 0 0 1 JAN-DEC/3 ?", "UTC", "2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z, 2027-02-01T00:00:00Z", "2027-01-01T00:00:00Z, 2027-04-01T00:00:00Z, 2027-07-01T00:00:00Z")]
    [TestCase("0 0 */2 * 1", "UTC", "2026-11-25T00:00:00Z, 2026-11-27T00:00:00Z, 2026-11-29T00:00:00Z", "2026-12-07T00:00:00Z, 2026-12-21T00:00:00Z, 2027-01-11T00:00:00Z")]
    [TestCase("*/15 * * FEB-DEC/6 *", "UTC", "2026-11-24T03:15:00Z, 2026-11-24T03:30:00Z, 2026-11-24T03:45:00Z", "2027-02-01T00:00:00Z, 2027-02-01T00:15:00Z, 2027-02-01T00:30:00Z")]
    [TestCase("30 2-2 * * *", "Europe/Warsaw", "2027-10-31T01:30:00Z, 2027-11-01T01:30:00Z, 2027-11-02T01:30:00Z", "2027-11-01T01:30:00Z, 2027-11-02T01:30:00Z, 2027-11-03T01:30:00Z", Description = "only where clocks are put back")]
    public void A_cron_that_meant_something_else_is_told_with_both_next_three_fires(
        string cron, string zone, string before, string now) =>
        Assert.That(CronMeanings.Difference(Read(cron, zone), Now), Is.EqualTo((before, now)));

    [TestCase("*/15 * * * *", "UTC")]
    [TestCase("*/5 * * * *", "Europe/Dublin")]
    [TestCase("30 2 * * *", "Europe/Warsaw")]
    [TestCase("30 2-2 * * *", "UTC")]
    [TestCase("0 0 1,15 * MON", "UTC")]
    [TestCase("0 0 * * 5-7", "UTC")]
    [TestCase("* * * * * *", "UTC")]
    [TestCase("0 0 12 ? * 6#2", "America/New_York")]
    [TestCase("0 0 12 1 1 ? 2099", "UTC")]
    public void A_cron_that_means_what_it_did_is_not_told(string cron, string zone) =>
        Assert.That(CronMeanings.Difference(Read(cron, zone), Now), Is.Null);

    private static FiringSchedule Read(string cron, string zone) =>
        ScheduleCatalog.Read(new JobSchedule("s", "check_expiring_tokens", cron, zone, "TOKEN_CHECK_CRON"), Now);
}
