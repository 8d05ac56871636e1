using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

[Category("Unit")]
[CancelAfter(10_000)]
internal sealed class PythonScheduleLoopTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task No_turn_begins_before_it_is_known_that_this_scheduler_may_do_all_that_a_turn_does()
    {
        var (open, closed) = (new AclGate(), new AclGate());
        open.Open();
        using var allowed = new CountingLoop(State(open), _time);
        using var waiting = new CountingLoop(State(closed), _time);
        await waiting.StartAsync(CancellationToken.None);
        await allowed.StartAsync(CancellationToken.None);
        await UntilAsync(() => allowed.Turns > 2);
        Assert.That(waiting.Turns, Is.Zero);

        closed.Open();

        await UntilAsync(() => waiting.Turns > 0);
        await allowed.StopAsync(CancellationToken.None);
        await waiting.StopAsync(CancellationToken.None);
    }

    private static PythonSchedulesState State(AclGate rights) => new(
        Substitute.For<IRedisConnections>(), new ScheduleSource(Options.Create(new QueueOptions())), rights,
        NullLogger<PythonSchedulesState>.Instance);

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private sealed class CountingLoop(PythonSchedulesState state, TimeProvider time) : PythonScheduleLoop(state, time)
    {
        private int _turns;

        public int Turns => Volatile.Read(ref _turns);

        protected override Task TurnAsync(CancellationToken stoppingToken)
        {
            Interlocked.Increment(ref _turns);
            return Task.CompletedTask;
        }
    }
}
