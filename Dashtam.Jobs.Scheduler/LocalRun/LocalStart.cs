using Dashtam.Jobs.Core;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Scheduler.Firing;

namespace Dashtam.Jobs.Scheduler.LocalRun;

/// <summary>At the start of a local run: each scheduled job once, so that nobody waits a quarter of an hour, and what to do next.</summary>
internal sealed partial class LocalStart(
    ScheduleCatalog catalog,
    DueFires due,
    IJobProducer producer,
    LocalMode local,
    HttpPort http,
    ILogger<LocalStart> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var (schedule, _) in catalog.Schedules)
            {
                var envelope = due.Envelope(schedule);
                await producer.EnqueueAsync(envelope, new EnqueueOptions { Queue = schedule.Queue }, stoppingToken);
                LogEnqueued(schedule.JobName, envelope.TaskId);
            }

            LogReady(local.RedisPort, local.DatabasePath, http.Actual);
        }
        catch (JobsException error)
        {
            LogFailed(error.Message);
        }
    }

    [LoggerMessage(EventName = "local_job_enqueued", Level = LogLevel.Information,
        Message = "Local run: {Job} is in the queue as {TaskId}, at once instead of at its next time")]
    private partial void LogEnqueued(string job, string taskId);

    [LoggerMessage(EventName = "local_run_ready", Level = LogLevel.Information,
        Message = "Local run: Redis on 127.0.0.1:{RedisPort}, sample rows in {Database}, health at "
            + "http://127.0.0.1:{HttpPort}/health/ready. A worker runs the jobs: `make run` starts one; without make, start one with "
            + "dotnet run --project Dashtam.Jobs.Worker")]
    private partial void LogReady(int redisPort, string database, int httpPort);

    [LoggerMessage(EventName = "local_start_failed", Level = LogLevel.Error,
        Message = "Local run: the scheduled jobs could not be put into the queue: {Problem}")]
    private partial void LogFailed(string problem);
}
