using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Lease;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Lease;

[Category("Unit")]
[NonParallelizable] // the exit code is the process's
internal sealed class HeartbeatLoopTests
{
    private readonly FakeLease _lease = new();
    private readonly IHostApplicationLifetime _lifetime = Substitute.For<IHostApplicationLifetime>();
    private WorkerBench _bench = null!;
    private ParkedJobsLoop _parked = null!;
    private HeartbeatLoop _loop = null!;
    private LogLines _log = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new WorkerBench();
        _log = new LogLines();
        _parked = new ParkedJobsLoop(
            _lease, _bench.Execution.Catalog, Options.Create(new QueueOptions()), NullLogger<ParkedJobsLoop>.Instance);
        _loop = Loop(_bench);
    }

    [TearDown]
    public void TearDown()
    {
        Environment.ExitCode = 0; // the process of the tests is not to be started again
        _loop.Dispose();
        _log.Dispose();
        _parked.Dispose();
        _bench.Dispose();
    }

    [Test]
    public void The_first_one_registers_the_worker_and_renews_at_once()
    {
        Assert.That(_loop.Beat(), Is.EqualTo(_bench.Lease.Value.HeartbeatInterval));

        Assert.That(_bench.Registry.Registered, Is.EqualTo(new[] { _bench.Session.Name }));
        Assert.That(_lease.Reports.Single().About["host"], Is.EqualTo(Environment.MachineName));
    }

    [Test]
    public void None_registers_the_worker_before_it_is_known_what_it_may_do()
    {
        using var bench = new WorkerBench(mayRegister: false);
        using var loop = Loop(bench);

        Assert.That(loop.Beat(), Is.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(bench.Registry.Registered, Is.Empty);

        bench.Rights.Open();
        loop.Beat();
        Assert.That(bench.Registry.Registered, Is.EqualTo(new[] { bench.Session.Name }));
    }

    [TestCase(9, 0)]
    [TestCase(11, 20)]
    public void One_that_Redis_clock_calls_late_breaks_the_lease_also_when_this_clock_stood_still(int sinceLast, int secondsLeft)
    {
        BeatFor(TimeSpan.FromSeconds(25));
        _lease.Next = _lease.Next with { RedisTime = _lease.Next.RedisTime + TimeSpan.FromSeconds(sinceLast) };

        _loop.Beat();

        Assert.That(_bench.Session.UntilJudge(_bench.Lease.Value).TotalSeconds, Is.EqualTo(secondsLeft));
    }

    [Test]
    public void One_whose_replies_were_lost_counts_from_the_last_that_succeeded()
    {
        BeatFor(TimeSpan.FromSeconds(25));
        // The heartbeat before this one reached Redis, so Redis calls this one punctual; its reply came from before the sleep.
        _lease.Next = _lease.Next with { SinceLast = TimeSpan.Zero, RedisTime = _lease.Next.RedisTime + TimeSpan.FromSeconds(15) };

        _loop.Beat();

        Assert.That(_bench.Session.UntilJudge(_bench.Lease.Value), Is.EqualTo(_bench.Lease.Value.Lease));
    }

    [Test]
    public void One_that_failed_and_is_made_up_for_in_time_is_no_gap()
    {
        _loop.Beat();
        for (var beaten = 0; beaten < 25; beaten += 5)
        {
            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(4));
            _lease.Fails = true;
            _bench.Execution.Time.Advance(_loop.Beat());
            _lease.Fails = false;
            _loop.Beat();
        }

        Assert.That(_bench.Session.UntilJudge(_bench.Lease.Value), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Failures_for_longer_than_a_gap_break_the_lease()
    {
        BeatFor(TimeSpan.FromSeconds(25));
        _lease.Fails = true;
        for (var second = 0; second < 7; second++)
        {
            _bench.Execution.Time.Advance(_loop.Beat());
        }

        _lease.Fails = false;
        _loop.Beat();

        Assert.That(_bench.Session.UntilJudge(_bench.Lease.Value), Is.EqualTo(_bench.Lease.Value.Lease));
    }

    [Test]
    public void A_worker_that_was_recovered_goes_on_under_another_name()
    {
        _loop.Beat();
        var before = _bench.Session.Name;
        _lease.Next = default;

        _loop.Beat();

        Assert.That(_bench.Registry.Registered, Is.EqualTo(new[] { before, _bench.Session.Name }));
    }

    [Test]
    public async Task A_worker_that_settles_nothing_for_a_lease_lets_its_lease_run_out_and_ends_to_be_started_again()
    {
        var never = new TaskCompletionSource();
        _bench.Execution.Queue.Reply = never.Task;
        _bench.Slots.Take(int.MaxValue);
        _bench.Runs.Start(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        await WorkerBench.UntilAsync(() => _bench.Running.Overdue().Any());
        BeatFor(TimeSpan.FromSeconds(30));
        var beats = _lease.Reports.Count;

        BeatFor(TimeSpan.FromSeconds(25));

        _lifetime.Received(1).StopApplication();
        Assert.That(Environment.ExitCode, Is.EqualTo(StuckHandlers.ExitCode));
        Assert.That(_lease.Reports, Has.Count.EqualTo(beats), "it does not renew its lease any more");
        never.SetResult();
    }

    [Test]
    public async Task A_worker_that_never_reached_Redis_has_no_lease_to_give_up_at_its_stop()
    {
        _bench.Registry.Registering = Task.FromException(FakeJobQueue.Lost);
        await _loop.StartAsync(CancellationToken.None);
        await WorkerBench.UntilAsync(() => _log.Lines.Count == 1);

        await _loop.StopAsync(CancellationToken.None);

        Assert.That(_log.Single().GetProperty("event").GetString(), Is.EqualTo("heartbeat_failed"));
        Assert.That(_bench.Registry.Departed, Is.Empty);
    }

    [Test]
    public async Task A_worker_that_is_registered_departs_at_its_stop()
    {
        await _loop.StartAsync(CancellationToken.None);
        await WorkerBench.UntilAsync(() => _bench.Session.Registered.IsCompleted);

        await _loop.StopAsync(CancellationToken.None);

        Assert.That(_bench.Registry.Departed, Is.EqualTo(new[] { _bench.Session.Name }));
    }

    private void BeatFor(TimeSpan time)
    {
        for (var beaten = TimeSpan.Zero; beaten < time; beaten += _bench.Lease.Value.HeartbeatInterval)
        {
            _loop.Beat();
            _bench.Execution.Time.Advance(_bench.Lease.Value.HeartbeatInterval);
        }
    }

    private HeartbeatLoop Loop(WorkerBench bench) => new(
        _lease,
        bench.Session,
        bench.Running,
        bench.Audit,
        _parked,
        new StuckHandlers(bench.Running, Options.Create(new WorkerOptions()), _lifetime, NullLogger<StuckHandlers>.Instance),
        new WorkerClock(bench.Execution.Time, NullLogger<WorkerClock>.Instance),
        bench.Settlements(_lifetime),
        bench.Lease,
        _log.Factory.CreateLogger<HeartbeatLoop>());
}
