using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>Makes the jobs of dead workers ready again.</summary>
internal sealed partial class RecoveryLoop(
    IWorkerRegistry registry,
    WorkerSession session,
    IOptions<LeaseOptions> options,
    TimeProvider time,
    ILogger<RecoveryLoop> logger) : BackgroundService
{
    /// <summary>Departed workers hold something only when a reply was lost at their end: they are looked at less often.</summary>
    private const int RoundsBetweenDeparted = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var round = 0; !stoppingToken.IsCancellationRequested; round++)
        {
            await Task.Delay(options.Value.RecoveryInterval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || session.Unbroken < options.Value.Lease)
            {
                continue;
            }

            try
            {
                await RecoverAsync(alsoDeparted: round % RoundsBetweenDeparted == 0, stoppingToken);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                LogFailed(error.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RecoverAsync(bool alsoDeparted, CancellationToken stoppingToken)
    {
        foreach (var worker in await registry.FindOrphanedAsync(alsoDeparted, stoppingToken))
        {
            // Asked again before each: the answer is old by the time that a long list has been worked through.
            if (session.Unbroken < options.Value.Lease)
            {
                return;
            }

            int? moved;
            do
            {
                moved = await registry.RecoverAsync(worker, stoppingToken);
                if (moved > 0)
                {
                    LogRecovered(worker, moved.Value);
                }
            }
            while (moved >= WorkerRegistry.EnvelopesMovedAtOnce);
        }
    }

    [LoggerMessage(EventName = "jobs_recovered", Level = LogLevel.Warning,
        Message = "Worker {DeadWorker} is dead: {Moved} of its jobs are ready again")]
    private partial void LogRecovered(string deadWorker, int moved);

    [LoggerMessage(EventName = "recovery_failed", Level = LogLevel.Warning,
        Message = "Dead workers could not be looked for: {Problem}. It is tried again")]
    private partial void LogFailed(string problem);
}
