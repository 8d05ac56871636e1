namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Looks through the whole keyspace again and again.</summary>
internal sealed class KeyspaceLoop(KeyspaceFinder finder, PythonSchedulesState state, TimeProvider time)
    : PythonScheduleLoop(state, time)
{
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    protected override Task TurnAsync(CancellationToken stoppingToken) => finder.TurnAsync(stoppingToken);
}
