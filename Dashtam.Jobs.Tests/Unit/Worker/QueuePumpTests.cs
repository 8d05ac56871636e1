using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker;

[Category("Unit")]
internal sealed class QueuePumpTests
{
    private const int Concurrency = 4;

    private readonly IReadyWaiter _waiter = Substitute.For<IReadyWaiter>();
    private readonly IHostApplicationLifetime _lifetime = Substitute.For<IHostApplicationLifetime>();
    private WorkerBench _bench = null!;
    private Slots _slots = null!;
    private QueuePump _pump = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bench = new WorkerBench();
        _slots = new Slots(Concurrency);
        _lifetime.ApplicationStarted.Returns(new CancellationToken(canceled: true));
        await _bench.Session.RegisterAsync(CancellationToken.None);
        _pump = new QueuePump(
            _bench.Execution.Queue, _waiter, _bench.Session, _bench.Running, _slots, _bench.Audit,
            new Freshness(_bench.Execution.Time), _lifetime, _bench.Execution.Random, _bench.Execution.Time,
            NullLogger<QueuePump>.Instance);
    }

    [TearDown]
    public void TearDown()
    {
        _pump.Dispose();
        _slots.Dispose();
        _bench.Dispose();
    }

    [Test]
    public async Task A_wait_that_fails_gives_back_no_slot_that_a_job_owns()
    {
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        _waiter.WaitAsync(Arg.Any<string>(), Arg.Any<TimeSpan>()).Returns<Delivery?>(_ => throw FakeJobQueue.Lost);
        Push(3);

        await WorkerBench.WhileAsync(_pump, async () =>
        {
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Push(3); // one slot is left
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That(_bench.Running.Count, Is.EqualTo(Concurrency));

            release.SetResult(new JobSummary(0, 0, 0));
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That(_bench.Execution.Queue.Settled, Has.Count.EqualTo(6));
        });

        Assert.That(_pump.ExecuteTask!.IsFaulted, Is.False);
        Assert.That(await _slots.TakeAllAsync(CancellationToken.None), Is.EqualTo(Concurrency), "no slot was lost, none was made");
    }

    [Test]
    public async Task Nothing_is_fetched_before_the_process_has_started()
    {
        _lifetime.ApplicationStarted.Returns(CancellationToken.None);
        Push(1);

        await WorkerBench.WhileAsync(_pump, () => _bench.LiveAsync(TimeSpan.FromSeconds(2)));

        Assert.That(_bench.Running.Count, Is.Zero);
        Assert.That(_bench.Execution.Queue.Settled, Is.Empty);
    }

    private void Push(int count)
    {
        for (var number = 0; number < count; number++)
        {
            _bench.Execution.Queue.Push(
                new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "run_probe" }.ToUtf8());
        }
    }
}
