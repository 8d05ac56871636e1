using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.PythonSchedules;

/// <summary>What is asked of Redis, and what is said, for messages as a worker gets them. Messages are looked at in their order.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(10_000)]
internal sealed class FiresElsewhereTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeFireMarks _marks = new();
    private readonly LogLines _log = new();
    private readonly FiresElsewhere _elsewhere;

    public FiresElsewhereTests()
    {
        _marks.Marked.Add("last");
        _elsewhere = new FiresElsewhere(_marks, _time, _log.Factory.CreateLogger<FiresElsewhere>());
    }

    [Test]
    public async Task A_schedule_that_fires_elsewhere_too_is_named_once_and_each_job_is_counted(CancellationToken cancellationToken)
    {
        _marks.Marked.Add("one");

        await LookAsync(cancellationToken, PythonEntries.FiredByTaskiq("one"), PythonEntries.FiredByTaskiq("one"), PythonEntries.FiredByTaskiq("one"));

        Assert.That(Named("one"), Is.EqualTo(1));
        Assert.That(_marks.Counted, Is.EqualTo(3 + 1));
        Assert.That(_marks.Asked, Is.EqualTo(["one", "last"]));
    }

    [Test]
    public async Task What_is_no_first_run_of_another_scheduler_s_job_is_never_asked_about(CancellationToken cancellationToken)
    {
        var fired = PythonEntries.FiredByTaskiq("one");

        await LookAsync(
            cancellationToken,
            fired with { TaskId = FireId.New("one") },
            fired with { TaskId = "given-id" },
            fired with { Labels = fired.Labels.WithFailedAttempts(1) },
            fired with { Labels = fired.Labels.With("X-Taskiq-requeue", "1") },
            fired with { Labels = fired.Labels.With("schedule_id", new string('x', TaskIdLimit.Bytes + 1)) },
            WireFixtures.Message("message-simple.json"));

        Assert.That(_marks.Asked, Is.EqualTo(["last"]));
    }

    [Test]
    public async Task A_schedule_that_is_not_ours_is_asked_about_once_a_minute(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken, PythonEntries.FiredByTaskiq("theirs"), PythonEntries.FiredByTaskiq("theirs"));
        Assert.That(_marks.Asked, Is.EqualTo(["theirs", "last"]));

        _marks.Marked.Add("theirs");
        _time.Advance(FiresElsewhere.AskedAgainAfter);
        await LookAsync(cancellationToken, PythonEntries.FiredByTaskiq("theirs"));

        Assert.That(_marks.Asked, Is.EqualTo(["theirs", "last", "theirs"]));
        Assert.That(Named("theirs"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_thousand_schedules_are_named_and_further_ones_are_counted(CancellationToken cancellationToken)
    {
        for (var i = 0; i <= FiresElsewhere.NamedAtMost; i++)
        {
            _marks.Marked.Add($"{i}");
            await LookAsync(cancellationToken, PythonEntries.FiredByTaskiq($"{i}"));
        }

        Assert.That(_log.Count("schedule_fired_elsewhere"), Is.EqualTo(FiresElsewhere.NamedAtMost));
        Assert.That(_marks.Counted, Is.EqualTo(2 * (FiresElsewhere.NamedAtMost + 1)));
    }

    [Test]
    public async Task A_Redis_that_is_away_ends_nothing(CancellationToken cancellationToken)
    {
        _marks.Fault = new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "away");

        await LookAsync(cancellationToken, PythonEntries.FiredByTaskiq("one"));

        Assert.That(Named("last"), Is.EqualTo(1));
    }

    public void Dispose()
    {
        _elsewhere.Dispose();
        _log.Dispose();
    }

    private int Named(string schedule) => _log.Count("schedule_fired_elsewhere", schedule);

    /// <summary>Returns when all were looked at.</summary>
    private async Task LookAsync(CancellationToken cancellationToken, params JobEnvelope[] messages)
    {
        foreach (var message in messages)
        {
            _elsewhere.Note("", message);
        }

        _elsewhere.Note(FakeFireMarks.Awaited, PythonEntries.FiredByTaskiq("last"));
        if (_elsewhere.ExecuteTask is null)
        {
            await _elsewhere.StartAsync(cancellationToken);
        }

        await _marks.CountedAsync(cancellationToken);
    }
}
