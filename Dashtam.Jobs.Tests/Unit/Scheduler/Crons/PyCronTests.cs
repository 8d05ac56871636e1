using System.Globalization;
using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

[Category("Unit")]
internal sealed class PyCronTests
{
    private static readonly string[] Fields = ["minute", "hour", "day", "month", "weekday"];
    private static readonly (int First, int Last)[] Ranges = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
    private static readonly DateTime Sunday = new(2023, 1, 1);

    [TestCaseSource(typeof(PyCronFieldTable), nameof(PyCronFieldTable.Rows))]
    public void A_field_matches_the_numbers_of_the_table_and_no_others(string row)
    {
        string[] columns = [.. row.Split('|').Select(column => column.Trim())];
        var field = Array.IndexOf(Fields, columns[0]);
        var cron = new PyCron(string.Join(' ', Enumerable.Range(0, 5).Select(place => place == field ? columns[1] : "*")));

        var matched = Numbers(field).Where(number => cron.Matches(With(field, number)));

        Assert.That(matched, Is.EqualTo(Read(columns[2])));
    }

    [TestCaseSource(typeof(PyCronTable), nameof(PyCronTable.Rows))]
    public void A_cron_fires_at_the_minutes_of_the_table_and_never_between_them(string row)
    {
        string[] columns = [.. row.Split('|').Select(column => column.Trim())];
        var cron = new PyCron(columns[0]);
        var expected = columns[1] == "never" ? [] : columns[1].Split(", ")
            .Select(text => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)).ToList();

        var at = new DateTime(2027, 1, 1).AddTicks(-1);
        foreach (var time in expected)
        {
            Assert.That(cron.NextAfter(at), Is.EqualTo(time));
            Assert.That(cron.Matches(time), Is.True);
            at = time;
        }

        Assert.That(expected.Count > 0 || cron.NextAfter(at) is null, Is.True, "it never fires");
    }

    [TestCase("0 0 * *", "it has 4 fields")]
    [TestCase("0 0 * * * *", "it has 6 fields")]
    [TestCase("", "it has 1 fields")]
    [TestCase("0  0 * * *", "it has 6 fields")]
    [TestCase("0 0 * * * ", "it has 6 fields")]
    [TestCase("0\t0 * * *", "it has 4 fields")]
    [TestCase("0 0 * * *\n0 0 * * *", "it has 9 fields")]
    [TestCase("0  * * *", "its hour is empty")]
    [TestCase(", 0 * * *", "its minute is empty")]
    [TestCase("0 0 * jan *", "its month has 'jan'")]
    [TestCase("0 0 * January *", "its month has 'January'")]
    [TestCase("0 0 * 1-mar *", "its month has '1-mar'")]
    [TestCase("0 0 mon * *", "its day of the month has 'mon'")]
    [TestCase("0 0 L * *", "its day of the month has 'L'")]
    [TestCase("0 0 15W * *", "its day of the month has '15W'")]
    [TestCase("0 0 ? * 1", "its day of the month has '?'")]
    [TestCase("0 0 * * 5#2", "its day of the week has '5#2'")]
    [TestCase("0 0 * * mo", "its day of the week has 'mo'")]
    [TestCase("0 0 * * mon,foo", "its day of the week has 'foo'")]
    [TestCase("0 0 * * mon-foo", "its day of the week has 'mon-foo'")]
    [TestCase("0 0 * * mon-fri/2", "its day of the week has 'mon-fri/2'")]
    [TestCase("@daily", "it has 1 fields")]
    [TestCase("*/x * * * *", "its minute has '*/x'")]
    [TestCase("*/ * * * *", "its minute has '*/'")]
    [TestCase("*/0 * * * *", "its minute has '*/0'")]
    [TestCase("*/-2 * * * *", "its minute has '*/-2'")]
    [TestCase("*/2.5 * * * *", "its minute has '*/2.5'")]
    [TestCase("1-5/0 * * * *", "its minute has '1-5/0'")]
    [TestCase("1-5/x * * * *", "its minute has '1-5/x'")]
    [TestCase("1-5/2/3 * * * *", "its minute has '1-5/2/3'")]
    [TestCase("1/2/3 * * * *", "its minute has '1/2/3'")]
    [TestCase("1,*/x * * * *", "its minute has '*/x'")]
    [TestCase("1-5-7 * * * *", "its minute has '1-5-7'")]
    [TestCase("-5 * * * *", "its minute has '-5'")]
    [TestCase("5- * * * *", "its minute has '5-'")]
    [TestCase("- * * * *", "its minute has '-'")]
    [TestCase("*-5 * * * *", "its minute has '*-5'")]
    [TestCase("*/2-3 * * * *", "its minute has '*/2-3'")]
    [TestCase("+5 * * * *", "its minute has '+5'")]
    [TestCase("** * * * *", "its minute has '**'")]
    [TestCase("1;2 * * * *", "its minute has '1;2'")]
    [TestCase("mon * * * *", "its minute has 'mon'")]
    [TestCase("0 0 * * */sun", "its day of the week has '*/sun'")]
    [TestCase("x/5 * * * *", "its minute has 'x/5'")]
    [TestCase("a-very-long-name-that-says-nothing * * * *", "its minute has 'a-very-long-name-tha…'")]
    public void What_pycron_cannot_read_is_refused_with_the_field_and_its_beginning(string expression, string problem) =>
        Assert.That(() => new PyCron(expression), Throws.TypeOf<CronFormatException>().With.Message.StartsWith(problem));

    [Test]
    public void A_cron_that_never_fires_says_so_at_once()
    {
        var cron = new PyCron("0 0 31 2 7-7,*");
        var started = ThreadCpu.Time();

        for (var i = 0; i < 100; i++)
        {
            Assert.That(cron.NextAfter(new DateTime(2027, 1, 1)), Is.Null);
        }

        Assert.That(ThreadCpu.Time() - started, Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    private static IEnumerable<int> Numbers(int field) =>
        Enumerable.Range(Ranges[field].First, Ranges[field].Last - Ranges[field].First + 1);

    private static DateTime With(int field, int number) => field switch
    {
        0 => Sunday.AddMinutes(number),
        1 => Sunday.AddHours(number),
        2 => Sunday.AddDays(number - 1),
        3 => Sunday.AddMonths(number - 1),
        _ => Sunday.AddDays(number),
    };

    /// <summary><c>1-3,7</c> as 1, 2, 3, 7.</summary>
    private static IEnumerable<int> Read(string numbers) => numbers == "never" ? [] : numbers.Split(',').SelectMany(run =>
    {
        int[] ends = [.. run.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });
}
