using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MarkWatchTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 1, TimeSpan.Zero);
    private static readonly ScheduleState Sound = new(Current: true, Now, Now);
    private static readonly ScheduleState UnreadableFired = Sound with { UnreadableFired = "10:00" };
    private static readonly ScheduleState UnreadablePause = Sound with { UnreadablePause = "10:00", PausedSince = Now };

    private readonly LogLines _log = new();
    private readonly MarkWatch _marks;

    public MarkWatchTests() => _marks = new MarkWatch(_log.Factory.CreateLogger<MarkWatch>());

    public void Dispose() => _log.Dispose();

    [Test]
    public void A_mended_fired_instant_is_called_that()
    {
        Look(UnreadableFired, Sound);

        Assert.That(_log.Lines[^1], Does.Contain("schedule_mark_mended").And.Contain("its last fired instant can be read"));
        Assert.That(_marks.Problems, Is.Empty);
    }

    [Test]
    public void A_mended_pause_is_called_that()
    {
        Look(UnreadablePause, Sound with { PausedSince = Now });

        Assert.That(
            _log.Lines[^1], Does.Contain("schedule_mark_mended").And.Contain("the instant since when it is paused").And.Not.Contain("fired instant"));
    }

    [Test]
    public void A_pause_that_could_not_be_read_and_has_ended_is_said_to_have_ended()
    {
        Look(UnreadablePause, Sound);

        Assert.That(_log.Lines[^1], Does.Contain("schedule_mark_mended").And.Contain("it is not paused any more"));
    }

    [Test]
    public void Of_two_marks_each_is_told_and_mended()
    {
        Look(UnreadableFired with { UnreadablePause = "10:00" }, UnreadablePause, UnreadablePause, Sound);

        Assert.That(_log.Lines.Select(line => line.Split("\"event\":\"")[1].Split('"')[0]), Is.EqualTo(new[]
        {
            "schedule_mark_unreadable", "schedule_mark_mended", "schedule_mark_unreadable", "schedule_mark_mended",
        }));
    }

    [Test]
    public void Health_names_what_cannot_be_read()
    {
        Look(UnreadablePause);

        Assert.That(_marks.Problems["tokens"], Is.EqualTo("it is paused, and the instant since when, '10:00', cannot be read"));
    }

    private void Look(params ScheduleState[] states)
    {
        foreach (var state in states)
        {
            _marks.Look("tokens", state);
        }
    }
}
