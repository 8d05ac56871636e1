using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Lease;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Lease;

[Category("Unit")]
internal sealed class RecoveryLoopTests
{
    private WorkerBench _bench = null!;
    private LogLines _log = null!;
    private RecoveryLoop _loop = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new WorkerBench();
        _log = new LogLines();
        _loop = new RecoveryLoop(
            _bench.Registry,
            _bench.Session,
            new JudgeWatch(_bench.Session, _bench.Lease, _bench.Execution.Time, NullLogger<JudgeWatch>.Instance),
            _bench.Lease,
            _bench.Execution.Time,
            _log.Factory.CreateLogger<RecoveryLoop>());
    }

    [TearDown]
    public void TearDown()
    {
        _loop.Dispose();
        _log.Dispose();
        _bench.Dispose();
    }

    [Test]
    public Task A_worker_judges_nobody_before_it_has_held_a_lease_of_its_own() => WorkerBench.WhileAsync(_loop, async () =>
    {
        _bench.Registry.Orphaned.Add("looks dead");
        await _bench.Session.RegisterAsync(CancellationToken.None);

        await _bench.LiveAsync(TimeSpan.FromSeconds(18), Beat);
        var tooEarly = _bench.Registry.Looks;
        await _bench.LiveAsync(TimeSpan.FromSeconds(8), Beat);

        Assert.That(tooEarly, Is.Zero);
        Assert.That(_bench.Registry.Recovered, Is.EqualTo(new[] { "looks dead" }));
        Assert.That(_bench.Registry.Judge, Is.EqualTo(_bench.Session.Name));
    });

    [Test]
    public Task A_worker_whose_jobs_cannot_be_moved_keeps_no_other_from_being_recovered() => WorkerBench.WhileAsync(_loop, async () =>
    {
        _bench.Registry.Refused = "stuck";
        _bench.Registry.Orphaned.AddRange(["stuck", "dead"]);
        await _bench.Session.RegisterAsync(CancellationToken.None);

        await _bench.LiveAsync(TimeSpan.FromSeconds(26), Beat);

        Assert.That(_bench.Registry.Recovered, Is.EqualTo(new[] { "dead" }));
    });

    [Test]
    public async Task Ten_workers_whose_jobs_cannot_be_moved_have_a_line_each_and_the_others_are_counted()
    {
        _bench.Registry.Refused = "stuck";
        _bench.Registry.Orphaned.AddRange(Enumerable.Repeat("stuck", 15));
        await _bench.Session.RegisterAsync(CancellationToken.None);

        await WorkerBench.WhileAsync(
            _loop, () => _bench.LiveUntilAsync(() => { Beat(); return _log.Lines.Any(line => line.Contains("recoveries_refused", StringComparison.Ordinal)); }));

        Assert.That(_log.Lines.Take(10), Has.All.Contains("recovery_refused"));
        Assert.That(_log.Lines[10], Does.Contain("recoveries_refused").And.Contain("\"more\":5"));
    }

    [Test]
    public Task After_an_outage_of_Redis_nobody_is_judged_until_a_lease_has_been_held_again() =>
        WorkerBench.WhileAsync(_loop, async () =>
        {
            await _bench.Session.RegisterAsync(CancellationToken.None);
            await _bench.LiveAsync(TimeSpan.FromSeconds(30), Beat);

            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(11)); // the heartbeats failed; everybody's lease may have run out by now
            Beat();
            _bench.Registry.Orphaned.Add("is alive, like us");
            await _bench.LiveAsync(TimeSpan.FromSeconds(18), Beat);

            Assert.That(_bench.Registry.Recovered, Is.Empty);
        });

    [Test]
    public Task A_gap_between_heartbeats_breaks_the_lease_also_when_none_of_them_failed() =>
        WorkerBench.WhileAsync(_loop, async () =>
        {
            await _bench.Session.RegisterAsync(CancellationToken.None);
            await _bench.LiveAsync(TimeSpan.FromSeconds(30), Beat);

            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(45)); // paused, as by SIGSTOP
            Beat();

            Assert.That(_bench.Session.UntilJudge(_bench.Lease.Value), Is.EqualTo(_bench.Lease.Value.Lease));
        });

    [Test]
    public Task A_worker_whose_next_heartbeat_is_overdue_judges_nobody_although_none_has_failed_yet() =>
        WorkerBench.WhileAsync(_loop, async () =>
        {
            await _bench.Session.RegisterAsync(CancellationToken.None);
            await _bench.LiveAsync(TimeSpan.FromSeconds(30), Beat);
            var looks = _bench.Registry.Looks;

            _bench.Registry.Orphaned.Add("is alive, like us");
            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(11)); // Redis does not answer: the heartbeat hangs
            await _bench.LiveAsync(TimeSpan.FromSeconds(30), () => { });

            Assert.That(_bench.Registry.Looks, Is.EqualTo(looks));
            Assert.That(_bench.Registry.Recovered, Is.Empty);
        });

    private void Beat() => _bench.Beat();
}
