using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

/// <summary>What a scheduler says of pauses.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DueFiresTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 1, TimeSpan.Zero);
    private static readonly JobSchedule Schedule = new("tokens", "check_expiring_tokens", "*/15 * * * *", "UTC", Setting: null);
    private static readonly ScheduleState Fires = new(Current: true, Now, Now);
    private static readonly ScheduleState Paused = Fires with { PausedSince = Now.AddHours(-1) };
    private static readonly ScheduleState PausedUnreadably = Fires with { PausedSince = Now, UnreadablePause = "10:00" };

    private readonly FakeScheduleLedger _ledger = new();
    private readonly LogLines _log = new();
    private readonly DueFires _due;

    public DueFiresTests()
    {
        var queues = FakeFiring.Only(new ClockStep(), TimeProvider.System);
        _due = new DueFires(
            _ledger, new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance), queues,
            FakeFiring.Moved(queues, _ledger), new MarkWatch(NullLogger<MarkWatch>.Instance),
            new ClaimWatch(TimeProvider.System, NullLogger<ClaimWatch>.Instance), TimeProvider.System, _log.Factory.CreateLogger<DueFires>());
    }

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task A_pause_and_its_end_are_told_once()
    {
        await SeeAsync(Fires, Paused, Paused, Fires, Fires);

        Assert.That(Pauses(), Is.EqualTo(new[] { "is paused since 2026-11-24T02:00:01.0000000+00:00. Resume it to let it fire again", "is not paused any more" }));
    }

    [Test]
    public async Task Of_a_pause_that_cannot_be_read_no_instant_is_invented()
    {
        await SeeAsync(PausedUnreadably, PausedUnreadably);

        Assert.That(Pauses(), Is.Empty);
    }

    [Test]
    public async Task A_pause_that_was_mended_is_told_with_its_instant()
    {
        await SeeAsync(PausedUnreadably, Paused);

        Assert.That(Pauses(), Is.EqualTo(new[] { "is paused since 2026-11-24T02:00:01.0000000+00:00. Resume it to let it fire again" }));
    }

    [Test]
    public async Task The_end_of_a_pause_that_could_not_be_read_is_told()
    {
        await SeeAsync(PausedUnreadably, Fires);

        Assert.That(Pauses(), Is.EqualTo(new[] { "is not paused any more" }));
    }

    private async Task SeeAsync(params ScheduleState[] states)
    {
        foreach (var state in states)
        {
            _ledger.State = state;
            await _due.RegisterAsync(Schedule, CancellationToken.None);
        }
    }

    private IEnumerable<string> Pauses() =>
        _log.Lines.Select(line => line.Split("Schedule tokens ")[1].Split(": ")[0].Split('"')[0]);
}
