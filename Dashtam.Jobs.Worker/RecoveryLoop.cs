using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Worker;

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
        Message = "Worker {DeadWorker} is dead: what it held is ready again (jobs: {Moved})")]
    private partial void LogRecovered(string deadWorker, int moved);

    [LoggerMessage(EventName = "recovered_too_large", Level = LogLevel.Error,
        Message = "What is larger than JOBS_MAX_ENVELOPE_BYTES among the jobs of a dead worker became dead letters (envelopes: {TooLarge})")]
    private partial void LogTooLarge(int tooLarge);

    [LoggerMessage(EventName = "recovery_refused", Level = LogLevel.Error,
        Message = "The jobs of the dead worker {DeadWorker} cannot be recovered: {Problem}. It is tried again, beside the others")]
    private partial void LogRefused(string deadWorker, string problem);

    [LoggerMessage(EventName = "recoveries_refused", Level = LogLevel.Error,
        Message = "The jobs of dead workers beyond the first ten, which have lines of their own, cannot be recovered either (more: {More})")]
    private partial void LogMoreRefused(int more);

    [LoggerMessage(EventName = "recovery_failed", Level = LogLevel.Warning,
        Message = "Dead workers could not be looked for: {Problem}. It is tried again")]
    private partial void LogFailed(string problem);
}
