using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Brings one cron instant of a schedule into the queue, once, however many schedulers try.</summary>
internal sealed partial class ScheduleFirer(
    IScheduleLedger ledger, JobCatalog catalog, TimeProvider time, ILogger<ScheduleFirer> logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>An envelope for a schedule's job. Our own producers send no <c>labels_types</c>.</summary>
    public JobEnvelope Envelope(JobSchedule schedule)
    {
        var labels = JobLabels.Empty.With("schedule_id", schedule.Id);
        if (catalog.Find(schedule.JobName) is { } job)
        {
            labels = labels.With("category", job.Declaration.Category);
        }

        return new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = schedule.JobName, Labels = labels };
    }

    /// <summary>Fires an instant; while Redis cannot be reached it is tried again until <paramref name="until"/>.</summary>
    /// <returns>True when this call enqueued the job.</returns>
    public async Task<bool> FireAsync(
        JobSchedule schedule, DateTimeOffset instant, DateTimeOffset until, CancellationToken stoppingToken)
    {
        var envelope = Envelope(schedule);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var reply = await ledger.FireAsync(schedule, instant, envelope, stoppingToken);
                if (reply.Code != FireCode.TooEarly)
                {
                    return Ended(schedule, instant, envelope, reply.Code);
                }

                LogTooEarly(schedule.Id, instant, (long)reply.Early.TotalMilliseconds);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                LogRepeated(schedule.Id, instant, attempt, error.Message);
            }

            if (time.GetUtcNow() + PauseAfterFailure >= until)
            {
                LogGivenUp(schedule.Id, instant, attempt);
                return false;
            }

            await Task.Delay(PauseAfterFailure, time, stoppingToken);
        }
    }

    private bool Ended(JobSchedule schedule, DateTimeOffset instant, JobEnvelope envelope, FireCode code)
    {
        switch (code)
        {
            case FireCode.Enqueued:
                LogFired(schedule.Id, instant, schedule.JobName, envelope.TaskId);
                return true;
            case FireCode.OtherVersion:
                LogOtherVersion(schedule.Id, instant);
                return false;
            default:
                LogFiredElsewhere(schedule.Id, instant);
                return false;
        }
    }

    [LoggerMessage(EventName = "schedule_fired", Level = LogLevel.Information,
        Message = "Schedule {Schedule} fired for {Instant:O}: {Job} is in the queue as {TaskId}")]
    private partial void LogFired(string schedule, DateTimeOffset instant, string job, string taskId);

    [LoggerMessage(EventName = "schedule_fired_elsewhere", Level = LogLevel.Debug,
        Message = "Schedule {Schedule} had fired for {Instant:O} already, by another scheduler or an earlier try")]
    private partial void LogFiredElsewhere(string schedule, DateTimeOffset instant);

    [LoggerMessage(EventName = "schedule_superseded", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} did not fire for {Instant:O}: another scheduler has registered another version of it")]
    private partial void LogOtherVersion(string schedule, DateTimeOffset instant);

    [LoggerMessage(EventName = "clock_ahead", Level = LogLevel.Error,
        Message = "Schedule {Schedule} waits with {Instant:O}: this machine's clock is ahead of Redis' by {AheadMs} ms")]
    private partial void LogTooEarly(string schedule, DateTimeOffset instant, long aheadMs);

    [LoggerMessage(EventName = "fire_repeated", Level = LogLevel.Error,
        Message = "Schedule {Schedule} could not fire for {Instant:O} (try {Try}): {Problem}. It is tried again")]
    private partial void LogRepeated(string schedule, DateTimeOffset instant, int @try, string problem);

    [LoggerMessage(EventName = "fire_given_up", Level = LogLevel.Error,
        Message = "Schedule {Schedule} did not fire for {Instant:O} after {Tries} tries; the next fire is due. "
            + "The latest instant is caught up when Redis is back")]
    private partial void LogGivenUp(string schedule, DateTimeOffset instant, int tries);
}
