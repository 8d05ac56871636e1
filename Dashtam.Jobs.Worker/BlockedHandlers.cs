namespace Dashtam.Jobs.Worker;

/// <summary>
/// Looks every second for handlers that block the thread of their slot beyond their time; see <see cref="RunningJobs.CheckBlocked"/>.
/// </summary>
internal sealed class BlockedHandlers(RunningJobs running, TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                running.CheckBlocked();
            }
        }
        catch (OperationCanceledException)
        {
            // The worker stops.
        }
    }
}
