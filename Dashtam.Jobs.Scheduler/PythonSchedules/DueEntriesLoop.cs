using Dashtam.Jobs.Scheduler.Firing;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Fires Python's entries five times a second, while this machine's clock is in step with Redis'.</summary>
internal sealed class DueEntriesLoop(DueEntries due, ClockStep clock, PythonSchedulesState state, TimeProvider time)
    : PythonScheduleLoop(state, time)
{
    protected override TimeSpan Pause => TimeSpan.FromMilliseconds(200);

    protected override async Task TurnAsync(CancellationToken stoppingToken)
    {
        if (clock.IsInStep)
        {
            await due.FireAsync(stoppingToken);
        }
    }
}
