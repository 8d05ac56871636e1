using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Fetching;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Fetching;

[Category("Unit")]
internal sealed class WakeLoopTests
{
    private readonly IReadyWaiter _waiter = Substitute.For<IReadyWaiter>();
    private readonly WorkerBench _bench = new();
    private Action<TimeSpan> _announce = _ => { };
    private int _interrupts;

    [SetUp]
    public void SetUp()
    {
        _waiter.SubscribeAsync(Arg.Do<Action<TimeSpan>>(announce => _announce = announce)).Returns(Task.CompletedTask);
        _waiter.InterruptAsync().Returns(_ =>
        {
            Interlocked.Increment(ref _interrupts);
            return Task.CompletedTask;
        });
    }

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task A_job_that_becomes_the_earliest_while_another_is_waited_for_is_not_late()
    {
        using var loop = new WakeLoop(_waiter, _bench.Execution.Time, NullLogger<WakeLoop>.Instance);
        await WorkerBench.WhileAsync(loop, async () =>
        {
            _announce(TimeSpan.FromSeconds(9));
            await _bench.LiveAsync(TimeSpan.FromSeconds(2));
            Assert.That(_interrupts, Is.Zero);

            _announce(TimeSpan.FromSeconds(2));
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That(_interrupts, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task What_is_due_after_the_next_fetch_interrupts_nobody()
    {
        using var loop = new WakeLoop(_waiter, _bench.Execution.Time, NullLogger<WakeLoop>.Instance);
        await WorkerBench.WhileAsync(loop, async () =>
        {
            _announce(ReadyWait.LongestWithoutFetch);
            await _bench.LiveAsync(TimeSpan.FromSeconds(30));
        });

        Assert.That(_interrupts, Is.Zero);
    }
}
