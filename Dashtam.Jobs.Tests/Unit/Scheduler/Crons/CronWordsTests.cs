using Dashtam.Jobs.Scheduler.Crons;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

[Category("Unit")]
internal sealed class CronWordsTests
{
    [TestCase("* * * * *", "every minute")]
    [TestCase("*/15 * * * *", "every 15 minutes")]
    [TestCase("0/15 * * * * *", "every 15 seconds")]
    [TestCase("* * * * * *", "every second")]
    [TestCase("0 0/15 * * * ?", "every 15 minutes")]
    [TestCase("*/7 * * * *", "minute 0, 7, 14, 21, 28, 35, 42, 49, 56 of the hour")]
    [TestCase("0 * * * *", "minute 0 of the hour")]
    [TestCase("0 */2 * * *", "minute 0 of the hour in every 2 hours")]
    [TestCase("*/10 8-18 * * MON-FRI", "every 10 minutes in hour 8-18 on Mondays to Fridays")]
    [TestCase("30 2 * * *", "at 02:30")]
    [TestCase("30 2-2 * * *", "at 02:30")]
    [TestCase("0,30 6,18 * * 7", "at 06:00, 06:30, 18:00, 18:30 on Sundays")]
    [TestCase("30 2 */2 * 1", "at 02:30 on odd Mondays")]
    [TestCase("30 2 1-7 * */6", "at 02:30 on Sundays, Saturdays that are day 1-7 of the month")]
    [TestCase("30 2 1,15 * 1", "at 02:30 on day 1, 15 of the month and on Mondays")]
    [TestCase("0 0 1 JAN-DEC/3 *", "at 00:00 on day 1 of the month in January, April, July, October")]
    [TestCase("5 0 12 L-3W * ? 2030-2031", "at 12:00:05 on the working day nearest to the day 3 before the last of the month in 2030, 2031")]
    [TestCase("0 0 12 1,L * ?", "at 12:00 on day 1 of the month and the last day of the month")]
    [TestCase("0 0 12 ? * FRI#2", "at 12:00 on the Friday number 2 of the month")]
    [TestCase("0 0 12 ? * 6L", "at 12:00 on the last Friday of the month")]
    [TestCase("0 0 12 ? * 1", "at 12:00 on Sundays")]
    public void A_cron_is_said_in_words(string cron, string words) => Assert.That(CronWords.Of(cron), Is.EqualTo(words));
}
