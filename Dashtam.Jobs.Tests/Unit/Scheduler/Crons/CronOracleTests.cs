using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.Firing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

/// <summary>Random crons against <see cref="NaiveCron"/>.</summary>
[Category("Unit")]
[Parallelizable(ParallelScope.All)]
internal sealed class CronOracleTests
{
    private const int Seed = 20261128;

    private static readonly ZoneClock Utc = new(TimeZoneInfo.Utc);
    private static readonly DateTime Start = new(2026, 1, 1);

    [TestCase(10_000)]
    public void Five_fields_fire_when_the_dialect_says(int crons)
    {
        var random = new Random(Seed);
        var made = new RandomCron(random);
        for (var number = 0; number < crons; number++)
        {
            AssertAgrees(made.Vixie(), random);
        }
    }

    [TestCase(2_000)]
    public void Six_and_seven_fields_fire_when_the_dialect_says(int crons)
    {
        var random = new Random(Seed);
        var made = new RandomCron(random);
        for (var number = 0; number < crons; number++)
        {
            AssertAgrees(made.Quartz(), random);
        }
    }

    [TestCase(2_000)]
    public void A_number_out_of_its_field_is_refused_wherever_it_stands(int crons)
    {
        var random = new Random(Seed);
        var made = new RandomCron(random);
        string[] names = ["second", "minute", "hour", "day of month", "month", "day of week"];
        for (var number = 0; number < crons; number++)
        {
            var fields = (number % 2 == 0 ? made.Vixie() : made.Quartz()).Split(' ');
            var at = random.Next(Math.Min(fields.Length, 6));
            var outside = random.Next(2) == 0 ? $"0{random.Next(60, 100)}" : $"{random.Next(60, 2_000_000_000)}99";
            var first = fields.Length == 5 ? at is 2 or 3 ? 1 : 0 : at >= 3 ? 1 : 0;
            fields[at] = random.Next(5) switch
            {
                0 => outside,
                1 => $"{first},{outside}",
                2 => $"{first}-{outside}",
                3 => $"*/{outside}",
                _ => $"{first}-{first + 1}/{outside}",
            };
            var cron = string.Join(' ', fields);

            Assert.That(
                () => Cron.Parse(cron),
                Throws.TypeOf<CronFormatException>().With.Message.StartsWith($"{names[fields.Length == 5 ? at + 1 : at]} '{fields[at]}'"),
                cron);
        }
    }

    private static void AssertAgrees(string cron, Random random)
    {
        var naive = new NaiveCron(cron);
        var times = new FireTimes(Cron.Parse(cron).Calendar, Utc);
        var from = Start.AddSeconds(random.Next(5 * 365 * 86_400));
        foreach (var next in times.After(new DateTimeOffset(from, TimeSpan.Zero)).Take(3).Select(next => next.UtcDateTime))
        {
            if (naive.NextAfter(from, next.AddSeconds(1)) != next)
            {
                Assert.Fail($"{cron} after {from:s}: {next:s}, but {naive.NextAfter(from, next.AddSeconds(1)):s} is right");
            }

            from = next;
        }

        if (times.NextAfter(new DateTimeOffset(from, TimeSpan.Zero)) is null && naive.NextAfter(from, from.AddYears(8)) is { } missed)
        {
            Assert.Fail($"{cron} after {from:s}: never, but {missed:s} is right");
        }
    }
}
