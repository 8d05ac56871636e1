using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler.Firing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
internal sealed class ScheduleCatalogTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 4, 5, TimeSpan.Zero);

    [TestCase("*/15 * * * *", "UTC", "2026-11-24T03:15:00Z")]
    [TestCase("0 0 * * 0", "UTC", "2026-11-29T00:00:00Z", Description = "0 is Sunday, as in Unix")]
    [TestCase("0 12 1 * 1", "UTC", "2026-11-30T12:00:00Z", Description = "when both day fields are set, either matches")]
    [TestCase("*/10 * * * * *", "UTC", "2026-11-24T03:04:10Z", Description = "Quartz' six fields begin with seconds")]
    [TestCase("0 0 12 1 1 ? 2030", "UTC", "2030-01-01T12:00:00Z", Description = "Quartz' seven fields end with the year")]
    [TestCase("30 2 * * *", "Europe/Warsaw", "2026-11-25T01:30:00Z")]
    public void A_cron_fires_next_at(string cron, string zone, string next) => Assert.That(
        Read(cron, zone).Times.NextAfter(Now),
        Is.EqualTo(DateTimeOffset.Parse(next, System.Globalization.CultureInfo.InvariantCulture)));

    [TestCase("nonsense")]
    [TestCase("* * * *")]
    [TestCase("60 * * * *")]
    [TestCase("99 * * * *", Description = "Quartz takes 99 for 'every'")]
    [TestCase("1,98 * * * *")]
    [TestCase("0 25 * * *")]
    [TestCase("0 0 31 2 *", Description = "never fires")]
    [TestCase("0 0 12 1 1 ? 2020", Description = "never fires again")]
    public void A_cron_is_refused_with_its_setting_and_what_is_allowed(string cron) => Assert.That(
        () => Read(cron, "UTC"),
        Throws.InstanceOf<InvalidSettingException>()
            .With.Message.Contains("TOKEN_CHECK_CRON").And.Message.Contains(cron).And.Message.Contains("allowed"));

    [Test]
    public void A_time_zone_that_is_not_known_is_refused() => Assert.That(
        () => Read("* * * * *", "Europe/Atlantis"),
        Throws.InstanceOf<InvalidSettingException>().With.Message.Contains("Europe/Atlantis"));

    private static FiringSchedule Read(string cron, string zone) =>
        ScheduleCatalog.Read(new JobSchedule("s", "check_expiring_tokens", cron, zone, "TOKEN_CHECK_CRON"), Now);
}
