using System.Text.Json;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Lease;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Lease;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JudgeWatchTests : IDisposable
{
    private readonly WorkerBench _bench = new();
    private readonly LogLines _log = new();
    private readonly JudgeWatch _judge;

    public JudgeWatchTests() =>
        _judge = new JudgeWatch(_bench.Session, _bench.Lease, _bench.Execution.Time, _log.Factory.CreateLogger<JudgeWatch>());

    private IEnumerable<string?> Events => _log.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());

    public void Dispose()
    {
        _bench.Dispose();
        _log.Dispose();
    }

    [Test]
    public void A_worker_whose_heartbeats_have_gaps_again_and_again_says_once_that_it_recovers_nobody()
    {
        Live(seconds: 120, beatEvery: 12);

        Assert.That(_judge.Suspended, Is.True);
        Assert.That(Events, Is.EqualTo(["recovery_suspended"]));
    }

    [Test]
    public void It_says_so_when_it_may_again()
    {
        Live(seconds: 120, beatEvery: 12);

        Live(seconds: 30, beatEvery: 5);

        Assert.That(_judge.Suspended, Is.False);
        Assert.That(Events, Is.EqualTo(["recovery_suspended", "recovery_resumed"]));
    }

    [Test]
    public void The_first_leases_of_a_worker_are_no_reason()
    {
        Live(seconds: 300, beatEvery: 5);

        Assert.That(Events, Is.Empty);
    }

    [Test]
    public void An_outage_of_Redis_is_told_by_the_heartbeat_alone()
    {
        Live(seconds: 30, beatEvery: 5);
        Live(seconds: 600, beatEvery: 1_000);

        Live(seconds: 60, beatEvery: 5);

        Assert.That(Events, Is.Empty);
    }

    private void Live(int seconds, int beatEvery)
    {
        for (var second = 1; second <= seconds; second++)
        {
            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(1));
            if (second % beatEvery == 0)
            {
                _bench.Beat();
            }

            if (second % 4 == 0)
            {
                _judge.Look();
            }
        }
    }
}
