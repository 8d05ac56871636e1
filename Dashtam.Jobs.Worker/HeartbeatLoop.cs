using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>Renews the lease. It is the first loop to start and the last to stop: jobs are held from before to after the others.</summary>
internal sealed partial class HeartbeatLoop(
    IWorkerRegistry registry,
    WorkerSession session,
    RunningJobs running,
    ProcessingAudit audit,
    ParkedJobsLoop parked,
    IOptions<LeaseOptions> options,
    TimeProvider time,
    ILogger<HeartbeatLoop> logger) : BackgroundService
{
    private static readonly TimeSpan FirstTry = TimeSpan.FromSeconds(1);

    private bool _failing;
    private long _dropped;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await session.DepartAsync(cancellationToken);
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is OperationCanceledException)
        {
            // The lease runs out by itself.
            LogNotDeparted(error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.HeartbeatInterval;
            try
            {
                await BeatAsync(stoppingToken);
                Log(problem: null);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                session.Broken();
                Log(error.Message);
                pause = FirstTry;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeatAsync(CancellationToken stoppingToken)
    {
        if (!session.Registered.IsCompleted)
        {
            await session.RegisterAsync(stoppingToken);
            return;
        }

        var worker = session.Name;
        var heartbeat = await registry.HeartbeatAsync(worker, running.Count, stoppingToken);
        if (!heartbeat.Alive)
        {
            await session.RenewAsync(worker, stoppingToken);
            return;
        }

        session.Succeeded(gapLimit: options.Value.HeartbeatInterval * 2);
        if (heartbeat.Held != running.HeldBy(worker).Count)
        {
            audit.Request();
        }

        if (heartbeat.Dropped > _dropped)
        {
            LogDropped(heartbeat.Dropped);
        }

        _dropped = heartbeat.Dropped;
        if (heartbeat.Parked > 0)
        {
            parked.Request();
        }
    }

    private void Log(string? problem)
    {
        if (problem is not null && !_failing)
        {
            LogFailed(problem);
        }
        else if (problem is null && _failing)
        {
            LogResumed();
        }

        _failing = problem is not null;
    }

    [LoggerMessage(EventName = "heartbeat_failed", Level = LogLevel.Error,
        Message = "The heartbeat does not reach Redis: {Problem}. It is tried again every second")]
    private partial void LogFailed(string problem);

    [LoggerMessage(EventName = "dead_letters_dropped", Level = LogLevel.Error,
        Message = "{Dropped} dead letters have been dropped so far, the oldest first, because there is no room for more "
            + "(JOBS_DEAD_MAX_ENTRIES, JOBS_DEAD_MAX_BYTES)")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(EventName = "heartbeat_resumed", Level = LogLevel.Information, Message = "The heartbeat reaches Redis again")]
    private partial void LogResumed();

    [LoggerMessage(EventName = "worker_not_departed", Level = LogLevel.Warning,
        Message = "The worker could not say good-bye: {Problem}. Its lease runs out by itself")]
    private partial void LogNotDeparted(string problem);
}
