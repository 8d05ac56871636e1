using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Scheduler.Firing;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Fires Python's entries when they are due, while this machine's clock is in step with Redis'.</summary>
internal sealed class DueEntriesLoop(
    DueEntries due, IPythonScheduleStore store, RedisClock redis, NextLook look, ClockStep clock, PythonSchedulesState state,
    TimeProvider time)
    : PythonScheduleLoop(state, time)
{
    // What is due and is not fired here belongs to another scheduler, or to nobody at the moment.
    private static readonly TimeSpan PauseAfterFire = TimeSpan.FromMilliseconds(200);

    private DateTimeOffset _now;
    private DateTimeOffset? _next;

    protected override async Task TurnAsync(CancellationToken stoppingToken)
    {
        _next = null;
        if (!clock.IsInStep)
        {
            return;
        }

        _next = await store.NextAsync(stoppingToken);
        _now = await redis.NowAsync(stoppingToken);
        if (_next <= _now)
        {
            await due.FireAsync(stoppingToken);
            _next = _now + PauseAfterFire;
        }
    }

    protected override Task WaitAsync(CancellationToken stoppingToken) => look.WaitAsync(_now, _next, stoppingToken);
}
