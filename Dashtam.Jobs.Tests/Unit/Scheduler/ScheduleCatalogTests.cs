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
    [TestCase("0 0 1 JAN-DEC/3 *", "UTC", "2027-01-01T00:00:00Z", Description = "the step counts beside names")]
    [TestCase("0 0 1 jan-Dec/3 *", "UTC", "2027-01-01T00:00:00Z")]
    [TestCase("0 0 0 1 JAN-DEC/3 ?", "UTC", "2027-01-01T00:00:00Z")]
    [TestCase("0 0 0 ? * MON-FRI/2", "UTC", "2026-11-25T00:00:00Z")]
    [TestCase("0 0 * * SUN-7", "UTC", "2026-11-25T00:00:00Z", Description = "from Sunday to Sunday")]
    [TestCase("0 0 * * 5-7", "UTC", "2026-11-27T00:00:00Z")]
    [TestCase("0 0 */2 * 1", "UTC", "2026-12-07T00:00:00Z", Description = "odd Mondays: both, as the field begins with *")]
    [TestCase("0 0 13 * */5", "UTC", "2026-12-13T00:00:00Z", Description = "the 13th where it is a Sunday or a Friday")]
    [TestCase("0 0 13 * 0,5", "UTC", "2026-11-27T00:00:00Z", Description = "the 13th, Sundays, and Fridays")]
    [TestCase("05\t06  \t* * *", "UTC", "2026-11-24T06:05:00Z", Description = "tabs, several blanks, leading zeros")]
    [TestCase("\t007 3 * * * ", "UTC", "2026-11-24T03:07:00Z")]
    [TestCase("30 2-2 * * *", "UTC", "2026-11-25T02:30:00Z")]
    [TestCase("0 0 29 2 *", "UTC", "2028-02-29T00:00:00Z")]
    [TestCase("0 0 29 2 */7", "UTC", "2032-02-29T00:00:00Z", Description = "29 February on a Sunday")]
    [TestCase("0 0 12 ? * 1", "UTC", "2026-11-29T12:00:00Z", Description = "1 is Sunday, as in Quartz")]
    [TestCase("0 0 12 ? * 6#2", "UTC", "2026-12-11T12:00:00Z")]
    [TestCase("0 0 12 ? * friL", "UTC", "2026-11-27T12:00:00Z")]
    [TestCase("0 0 12 L-03,015W * ?", "UTC", "2026-11-27T12:00:00Z")]
    [TestCase("0 0 22-2/2 * * ?", "UTC", "2026-11-24T22:00:00Z", Description = "Quartz goes on over midnight")]
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
    [TestCase("@daily")]
    public void A_cron_is_refused_with_its_setting_and_what_is_allowed(string cron) => Assert.That(
        () => Read(cron, "UTC"),
        Throws.InstanceOf<InvalidSettingException>()
            .With.Message.Contains("TOKEN_CHECK_CRON").And.Message.Contains(cron).And.Message.Contains("allowed"));

    [TestCase("099 * * * *", "minute '099': 099 is outside of 0-59")]
    [TestCase("5,099 * * * *", "minute '5,099': 099 is outside of 0-59")]
    [TestCase("0 0-099 * * *", "hour '0-099': 099 is outside of 0-23")]
    [TestCase("0 0 32 * *", "day of month '32': 32 is outside of 1-31")]
    [TestCase("0 0 0 * *", "day of month '0': 0 is outside of 1-31")]
    [TestCase("0 0 1 13 *", "month '13': 13 is outside of 1-12 or JAN-DEC")]
    [TestCase("0 0 * * 8", "day of week '8': 8 is outside of 0-7 or SUN-SAT")]
    [TestCase("0 0 * * MONDAY", "day of week 'MONDAY': 'MONDAY' is not in 0-7 or SUN-SAT")]
    [TestCase("*/60 * * * *", "minute '*/60': the step 60 is outside of 1-59")]
    [TestCase("*/0 * * * *", "minute '*/0': the step 0 is outside of 1-59")]
    [TestCase("0 */24 * * *", "hour '*/24': the step 24 is outside of 1-23")]
    [TestCase("1-2-3 * * * *", "minute '1-2-3': '2-3' is not in 0-59")]
    [TestCase("1,,2 * * * *", "minute '1,,2': a number is missing")]
    [TestCase("*5 * * * *", "minute '*5': '*5' is not in 0-59")]
    [TestCase("*-5 * * * *", "minute '*-5': '*' is not in 0-59")]
    [TestCase("-1 * * * *", "minute '-1': a number is missing")]
    [TestCase("٣ * * * *", "minute '٣': '٣' is not in 0-59")]
    [TestCase("5/15 * * * *", "minute '5/15': a step follows * or a range; write 5-59/15 for 5/15")]
    [TestCase("0 22-2 * * *", "hour '22-2': 22-2 ends before it begins; write 22-23,0-2")]
    [TestCase("0 0 * * SAT-SUN", "day of week 'SAT-SUN': SAT-SUN ends before it begins; write 6-7")]
    [TestCase("0 0 L * *", "day of month 'L': 'L' is not in 1-31")]
    [TestCase("0 0 ? * 1", "day of month '?': '?' is not in 1-31")]
    [TestCase("0 0 * * 6#2", "day of week '6#2': '6#2' is not in 0-7 or SUN-SAT")]
    [TestCase("099 * * * * *", "second '099': 099 is outside of 0-59")]
    [TestCase("0 5,098 * * * ?", "minute '5,098': 098 is outside of 0-59")]
    [TestCase("0 0 0 ? * 0", "day of week '0': 0 is outside of 1-7 or SUN-SAT")]
    [TestCase("0 0 0 ? * 099L", "day of week '099L': 099 is outside of 1-7 or SUN-SAT")]
    [TestCase("0 0 0 ? * 6#099", "day of week '6#099': 099 is outside of 1-5")]
    [TestCase("0 0 0 099W * ?", "day of month '099W': 099 is outside of 1-31")]
    [TestCase("0 0 0 L-099 * ?", "day of month 'L-099': 099 is outside of 0-30")]
    [TestCase("0 0 0 1 1 ? 099", "year '099': 099 is outside of 1970-2099")]
    public void A_field_that_is_not_of_the_dialect_is_named_with_what_is_wrong(string cron, string problem) => Assert.That(
        () => Read(cron, "UTC"), Throws.InstanceOf<InvalidSettingException>().With.Message.Contains($"({problem}"));

    [Test]
    public void A_time_zone_that_is_not_known_is_refused() => Assert.That(
        () => Read("* * * * *", "Europe/Atlantis"),
        Throws.InstanceOf<InvalidSettingException>().With.Message.Contains("Europe/Atlantis"));

    [Test]
    public void Two_schedules_of_one_id_are_refused_and_their_queues_named()
    {
        var here = Read("0 5 * * *", "UTC");
        var there = here with { Schedule = here.Schedule with { Queue = "reports" } };

        Assert.That(
            () => new ScheduleCatalog([here, there]),
            Throws.InvalidOperationException.With.Message.Contains("the id 's': in the queue of JOBS_QUEUE_NAME and in reports"));
    }

    private static FiringSchedule Read(string cron, string zone) =>
        ScheduleCatalog.Read(new JobSchedule("s", "check_expiring_tokens", cron, zone, "TOKEN_CHECK_CRON"), Now);
}
