using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Parked;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Upkeep;

/// <summary>
/// Takes back the parked jobs that this worker knows: an older worker had put them aside. Those that nobody knows end as dead
/// letters when their time is up.
/// </summary>
internal sealed partial class ParkedJobsLoop(
    IParkedJobs parked, JobCatalog catalog, IOptions<QueueOptions> options, ILogger<ParkedJobsLoop> logger) : BackgroundService
{
    private const int PageSize = 100;

    private readonly Signal _requests = new();

    private double _lookedAtUntil = double.NegativeInfinity;
    private long _redisTime;

    /// <summary>A heartbeat has seen parked jobs.</summary>
    /// <param name="redisTime">Redis' clock, by which jobs are parked.</param>
    public void Request(DateTimeOffset redisTime)
    {
        Interlocked.Exchange(ref _redisTime, redisTime.ToUnixTimeMilliseconds());
        _requests.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _requests.WaitAsync(stoppingToken);
                await UnparkKnownAsync(stoppingToken);
                await ExpireAsync(stoppingToken);
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

    internal async Task UnparkKnownAsync(CancellationToken stoppingToken)
    {
        var lines = new FirstLines();
        using var rest = lines.SayRestAtEnd(LogMoreUnparked);

        // What this process does not know it will never know: it is looked at once, not with each heartbeat.
        var from = _lookedAtUntil;
        for (var skip = 0; ;)
        {
            var page = await parked.ListAsync(from, skip, PageSize, stoppingToken);
            foreach (var (member, since) in page)
            {
                if (Known(member) is var (job, taskId))
                {
                    // Gone from the parking place either way: somebody else may have been first.
                    if (await parked.UnparkAsync(member, stoppingToken) && lines.Next())
                    {
                        LogUnparked(job, Cut.Name(taskId));
                    }
                }
                else
                {
                    skip = since > from ? 1 : skip + 1;
                    from = since;
                }
            }

            // One that a clock put into the future hides none that are parked from now on.
            _lookedAtUntil = Math.Min(from, Interlocked.Read(ref _redisTime));
            if (page.Count < PageSize)
            {
                return;
            }
        }
    }

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        var lines = new FirstLines();
        using var rest = lines.SayRestAtEnd(LogMoreExpired);

        // The oldest alone tells whether there is anything to do: envelopes may be large, and this happens with each heartbeat.
        for (var take = 1; ; take = PageSize)
        {
            var page = await parked.ListAsync(double.NegativeInfinity, skip: 0, take, stoppingToken);
            foreach (var (member, _) in page)
            {
                var letter = Letter(member);
                if (!await parked.ExpireAsync(member, letter, stoppingToken))
                {
                    return; // they come oldest first
                }

                if (lines.Next())
                {
                    LogExpired(letter.ShortTaskId, letter.Detail);
                }
            }

            if (page.Count < take)
            {
                return;
            }
        }
    }

    /// <summary>The job's own name, whichever the envelope has, and the task id; null: this worker does not know the job.</summary>
    private (string Job, string TaskId)? Known(byte[] member) =>
        JobEnvelope.TryParse(EnvelopeIn(member), out var parsed, out _) && catalog.Find(parsed.TaskName) is { } job
            ? (job.Name, parsed.TaskId)
            : null;

    private DeadLetter Letter(byte[] member)
    {
        var envelope = EnvelopeIn(member);
        return JobEnvelope.TryParse(envelope, out var parsed, out var problem)
            ? Rejections.UnknownJob(
                parsed, $"it was parked for {options.Value.ParkSeconds} s (JOBS_PARK_SECONDS)", catalog.Nearest(parsed.TaskName)) with
            {
                WatchedBy = ScheduleLabels.ScheduleThatWatches(parsed.Labels),
            }
            : Rejections.Malformed(envelope, problem);
    }

    private static byte[] EnvelopeIn(byte[] member) => member[(Array.IndexOf(member, (byte)'|') + 1)..];

    [LoggerMessage(EventName = "job_unparked", Level = LogLevel.Information,
        Message = "{Job} ({TaskId}), which an older worker did not know, is ready again")]
    private partial void LogUnparked(string job, string taskId);

    [LoggerMessage(EventName = "parked_job_expired", Level = LogLevel.Error,
        Message = "A parked job ({TaskId}) became a dead letter: {Detail}")]
    private partial void LogExpired(string? taskId, string detail);

    [LoggerMessage(EventName = "jobs_unparked", Level = LogLevel.Information,
        Message = "Further jobs that an older worker did not know are ready again (jobs: {More}); the first ten have "
            + "lines of their own")]
    private partial void LogMoreUnparked(int more);

    [LoggerMessage(EventName = "parked_jobs_expired", Level = LogLevel.Error,
        Message = "Further parked jobs became dead letters (jobs: {More}); the first ten have lines of their own. "
            + "Look at the dead letters")]
    private partial void LogMoreExpired(int more);

    [LoggerMessage(EventName = "unpark_failed", Level = LogLevel.Warning,
        Message = "Cannot look at parked jobs: {Problem}. Retrying with the next heartbeat")]
    private partial void LogFailed(string problem);
}
