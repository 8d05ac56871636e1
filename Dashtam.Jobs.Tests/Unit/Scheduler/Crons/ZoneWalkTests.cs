using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.Firing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

/// <summary>Each change of clocks from 2020 to 2030, in each zone, minute by minute, by the rules of docs/reference/cron.md.</summary>
[Category("Unit")]
[Category("Exhaustive")] // thousands of cases: make check leaves them to make test-unit and to CI
internal sealed class ZoneWalkTests
{
    private static readonly DateTime First = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime End = new(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Test]
    public void Every_change_of_every_zone_is_walked_as_the_rules_say()
    {
        var changes = 0;
        var wrong = new List<string>();
        foreach (var zone in Zones())
        {
            var clock = new ZoneClock(zone);
            foreach (var change in Changes(zone))
            {
                changes++;
                wrong.AddRange(Differences(zone, clock, change));
            }
        }

        Assert.That(wrong, Is.Empty);
        Assert.That(changes, Is.GreaterThan(1_000), "the zones' rules are there");
    }

    /// <summary>One of each name for the same rules.</summary>
    private static IEnumerable<TimeZoneInfo> Zones() => TimeZoneInfo.GetSystemTimeZones()
        .GroupBy(zone => Path.Combine("/usr/share/zoneinfo", zone.Id) is var path && File.Exists(path)
            ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))
            : zone.Id, StringComparer.Ordinal)
        .Select(same => same.First());

    private static IEnumerable<DateTime> Changes(TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(First);
        for (var hour = First; hour < End; hour = hour.AddHours(3))
        {
            if (zone.GetUtcOffset(hour) is var now && now != offset)
            {
                var minute = hour.AddHours(-3);
                while (zone.GetUtcOffset(minute) == offset)
                {
                    minute = minute.AddMinutes(1);
                }

                offset = now;
                yield return minute;
            }
        }
    }

    private static IEnumerable<string> Differences(TimeZoneInfo zone, ZoneClock clock, DateTime change)
    {
        var before = change + zone.GetUtcOffset(change.AddMinutes(-1));
        var after = change + zone.GetUtcOffset(change);
        var around = (after - before).Duration() + TimeSpan.FromHours(2.5);
        var minutes = Minutes(zone, change - (2 * around), change + around).Where(minute => minute.Utc > change - around).ToList();
        var middle = before < after ? before + ((after - before) / 2) : after + ((before - after) / 2);
        string[] crons =
        [
            "*/15 * * * *", "30 * * * *", $"{middle.Minute} {middle.Hour} * * *", $"{before.Minute} {before.Hour} * * *",
            $"{after.Minute} {after.Hour} * * *", $"7-50/4 {middle.Hour} {middle.Day} {middle.Month} *", $"*/20 {middle.Hour} * * *",
        ];
        return
            from cron in crons
            let expected = Expected(cron, minutes)
            from problem in Walked(cron, clock, change - around, change + around, expected)
            select $"{zone.Id} {change:s}Z {cron}: {problem}";
    }

    /// <summary>Each minute, what the clocks showed, whether they had shown it before, and what they left out just before it.</summary>
    private static IEnumerable<(DateTime Utc, DateTime Local, bool Again, List<DateTime> LeftOut)> Minutes(
        TimeZoneInfo zone, DateTime start, DateTime end)
    {
        var shown = new HashSet<DateTime>();
        var last = start + zone.GetUtcOffset(start);
        for (var utc = start; utc <= end; utc = utc.AddMinutes(1))
        {
            var local = utc + zone.GetUtcOffset(utc);
            var leftOut = new List<DateTime>();
            for (var out1 = last.AddMinutes(1); out1 < local; out1 = out1.AddMinutes(1))
            {
                leftOut.Add(out1);
            }

            yield return (utc, local, !shown.Add(local), leftOut);
            last = local;
        }
    }

    private static List<DateTime> Expected(
        string cron, IEnumerable<(DateTime Utc, DateTime Local, bool Again, List<DateTime> LeftOut)> minutes)
    {
        var naive = new NaiveCron(cron);
        var isWild = cron[0] == '*' || cron.Split(' ')[1][0] == '*';
        return
        [
            .. from minute in minutes
               where (naive.Names(minute.Local) && (isWild || !minute.Again)) || minute.LeftOut.Any(naive.Names)
               select minute.Utc,
        ];
    }

    private static IEnumerable<string> Walked(string cron, ZoneClock clock, DateTime start, DateTime end, List<DateTime> expected)
    {
        var times = new FireTimes(Cron.Parse(cron).Calendar, clock);
        var walked = times.After(new DateTimeOffset(start)).Select(at => at.UtcDateTime).TakeWhile(at => at <= end).ToList();
        if (!walked.SequenceEqual(expected))
        {
            yield return $"[{string.Join(' ', walked.Select(at => $"{at:HH:mm}"))}] instead of "
                + $"[{string.Join(' ', expected.Select(at => $"{at:HH:mm}"))}]";
        }

        for (var asked = start; asked < end; asked = asked.AddMinutes(37))
        {
            var next = times.NextAfter(new DateTimeOffset(asked))?.UtcDateTime;
            var right = expected.Where(at => at > asked).Select(at => (DateTime?)at).FirstOrDefault();
            if (next != right && (right is not null || next <= end))
            {
                yield return $"asked at {asked:HH:mm}: {next:s} instead of {right:s}";
            }
        }
    }
}
