using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Session;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Worker.Lease;

/// <summary>Makes the jobs of dead workers ready again.</summary>
internal sealed partial class RecoveryLoop(
    IWorkerRegistry registry,
    WorkerSession session,
    JudgeWatch judge,
    IOptions<LeaseOptions> options,
    TimeProvider time,
    ILogger<RecoveryLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // The first look comes as soon as it may: jobs of a dead worker wait for it.
            var untilJudge = judge.Left;
            var pause = untilJudge > TimeSpan.Zero && untilJudge < options.Value.RecoveryInterval
                ? untilJudge
                : options.Value.RecoveryInterval;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || !judge.Look())
            {
                continue;
            }

            try
            {
                await RecoverAsync(stoppingToken);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                LogFailed(error.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task RecoverAsync(CancellationToken stoppingToken)
    {
        var refused = new FirstLines();
        foreach (var worker in await registry.FindOrphanedAsync(stoppingToken))
        {
            // Asked again before each: the answer is old by the time that a long list has been worked through.
            if (!judge.Look())
            {
                break;
            }

            try
            {
                await RecoverAsync(worker, stoppingToken);
            }
            catch (RedisServerException error)
            {
                // A key that is not what it should be: the others are recovered all the same.
                if (refused.Next())
                {
                    LogRefused(worker, error.Message);
                }
            }
        }

        refused.SayRest(LogMoreRefused);
    }

    private async Task RecoverAsync(string worker, CancellationToken stoppingToken)
    {
        RecoveredJobs? recovered;
        do
        {
            recovered = await registry.RecoverAsync(worker, session.Name, stoppingToken);
            Log(worker, recovered ?? default);
        }
        while (recovered?.Moved >= WorkerRegistry.EnvelopesMovedAtOnce);
    }

    private void Log(string worker, RecoveredJobs jobs)
    {
        if (jobs.Moved > 0)
        {
            LogRecovered(worker, jobs.Moved);
        }

        if (jobs.TooLarge > 0)
        {
            LogTooLarge(jobs.TooLarge);
        }
    }

    [LoggerMessage(EventName = "jobs_recovered", Level = LogLevel.Warning,
        Message = "Worker {DeadWorker} is dead: its jobs are ready again (jobs: {Moved})")]
    private partial void LogRecovered(string deadWorker, int moved);

    [LoggerMessage(EventName = "recovered_too_large", Level = LogLevel.Error,
        Message = "Envelopes of a dead worker, larger than JOBS_MAX_ENVELOPE_BYTES, became dead letters (envelopes: "
            + "{TooLarge}). Check who sends them")]
    private partial void LogTooLarge(int tooLarge);

    [LoggerMessage(EventName = "recovery_refused", Level = LogLevel.Error,
        Message = "Cannot recover the jobs of the dead worker {DeadWorker}: {Problem}. Retrying; the jobs of other "
            + "dead workers are recovered meanwhile. Mend the key that is named; fsck finds further ones")]
    private partial void LogRefused(string deadWorker, string problem);

    [LoggerMessage(EventName = "recoveries_refused", Level = LogLevel.Error,
        Message = "Cannot recover the jobs of further dead workers (workers: {More}); the first ten have lines of "
            + "their own")]
    private partial void LogMoreRefused(int more);

    [LoggerMessage(EventName = "recovery_failed", Level = LogLevel.Warning,
        Message = "Cannot look for dead workers: {Problem}. Retrying")]
    private partial void LogFailed(string problem);
}
