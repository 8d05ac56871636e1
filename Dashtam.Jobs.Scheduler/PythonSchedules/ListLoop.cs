namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Takes what Python producers have just scheduled: from the lists' ends, and what the server's notifications named.</summary>
internal sealed class ListLoop(
    ListFinder finder, KeyspaceEvents events, EntryIntake intake, PythonSchedulesState state, TimeProvider time)
    : PythonScheduleLoop(state, time)
{
    protected override TimeSpan Pause => TimeSpan.FromMilliseconds(500);

    protected override async Task TurnAsync(CancellationToken stoppingToken)
    {
        await events.SubscribeAsync(stoppingToken);
        await intake.TakeAsync(events.Take(), stoppingToken);
        await finder.LookAsync(stoppingToken);
    }
}
