using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Brings what is due of a schedule into the queue: one instant in the ordinary case, what the catch-up policy says after an
/// outage. Both ways go through here, so that a punctual fire never runs before older missed fires.
/// </summary>
/// <remarks>
/// It remembers what it saw of each schedule, and tells it to a Redis that has lost its data: what has fired does not fire
/// again, what was missed since is caught up.
/// </remarks>
internal sealed partial class DueFires(
    IScheduleLedger ledger,
    JobCatalog catalog,
    FiringQueues queues,
    MovedSchedules moved,
    MarkWatch marks,
    ClaimWatch claims,
    TimeProvider time,
    ILogger<DueFires> logger)
{
    // Another scheduler fires at the same time: whoever is second learns so, and finds nothing due the next time.
    private const int Rounds = 3;

    private readonly ConcurrentDictionary<string, ScheduleState> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// An envelope for a schedule's job, under the name that Python knows where it knows the job. Our own producers send no
    /// <c>labels_types</c>.
    /// </summary>
    public JobEnvelope Envelope(JobSchedule schedule)
    {
        var labels = ScheduleLabels.Of(schedule);
        var job = catalog.Find(schedule.JobName);
        if (job is not null)
        {
            labels = labels.With("category", job.Declaration.Category);
        }

        return new JobEnvelope
        {
            TaskId = JobEnvelope.NewTaskId(),
            TaskName = job?.WireName ?? schedule.JobName,
            Labels = labels,
        };
    }

    /// <summary>Says that the schedule exists, and learns what Redis knows of it.</summary>
    public async Task<ScheduleState> RegisterAsync(JobSchedule schedule, CancellationToken stoppingToken)
    {
        var remembered = _known.TryGetValue(schedule.Id, out var known) ? known : default(ScheduleState?);
        var asked = remembered is { } last
            ? last with { AgreedClock = queues.Of(schedule).Clock.HasAgreed ? time.GetUtcNow() : null, SilentHolder = claims.Silent(schedule.Id) }
            : remembered;
        var state = await ledger.RegisterAsync(schedule, asked, stoppingToken);
        marks.Look(schedule.Id, state);
        if (state.UnreadableFired is not null)
        {
            return state; // what is known stays, and is told to whatever is found when the mark is mended
        }

        claims.Look(schedule, state);
        LogPause(schedule.Id, remembered, state);

        // A fire beside this one may have seen more, but not of the future: that was forgotten, or is in the state as well.
        return _known.AddOrUpdate(
            schedule.Id,
            state,
            (_, seen) => seen.LastFired > state.LastFired && seen.LastFired - state.Now <= ScheduleState.Tolerance
                ? state with { LastFired = seen.LastFired }
                : state);
    }

    /// <summary>Fires what is due.</summary>
    /// <param name="firing">The schedule.</param>
    /// <param name="upTo">A cron instant, or Redis' now.</param>
    /// <param name="now">Tells what is late.</param>
    /// <param name="stoppingToken">Ends the wait for replies.</param>
    public async Task<FireReply> FireAsync(
        FiringSchedule firing, DateTimeOffset upTo, DateTimeOffset now, CancellationToken stoppingToken)
    {
        var id = firing.Schedule.Id;
        if (!moved.MayFire(firing.Schedule))
        {
            return new FireReply(FireCode.OtherVersion, TimeSpan.Zero, DateTimeOffset.UnixEpoch);
        }

        for (var round = 1; ; round++)
        {
            var state = _known.TryGetValue(id, out var known) && known.Current
                ? known
                : await RegisterAsync(firing.Schedule, stoppingToken);
            if (state.UnreadableFired is not null)
            {
                return new FireReply(FireCode.Unreadable, TimeSpan.Zero, state.LastFired);
            }

            if (!state.Current)
            {
                return new FireReply(FireCode.OtherVersion, TimeSpan.Zero, state.LastFired);
            }

            if (FirePlan.Of(firing, state.LastFired, upTo, now) is not { } plan)
            {
                LogAlreadyFired(id, upTo);
                return new FireReply(FireCode.AlreadyFired, TimeSpan.Zero, state.LastFired);
            }

            var batch = Batch(firing.Schedule, state.LastFired, plan);
            var reply = await ledger.FireAsync(firing.Schedule, batch, stoppingToken);
            Learn(id, reply);
            if (reply.Code is not (FireCode.OutOfDate or FireCode.Unreadable) || round == Rounds)
            {
                Log(firing.Schedule, batch, reply, now);
                return reply;
            }

            await RegisterAsync(firing.Schedule, stoppingToken);
        }
    }

    private FireBatch Batch(JobSchedule schedule, DateTimeOffset after, FirePlan plan) => new(
        after,
        plan.UpTo,
        [.. plan.Instants.Select(instant => new ScheduledFire(instant, Envelope(schedule)))],
        plan.PassedOver);

    /// <summary>Keeps the last fired instant, which only grows; a Redis that says less has lost something, and is told.</summary>
    private void Learn(string id, FireReply reply)
    {
        _known.AddOrUpdate(
            id,
            _ => default,
            (_, known) => known with
            {
                Current = reply.Code != FireCode.OtherVersion,
                LastFired = reply.LastFired > known.LastFired ? reply.LastFired : known.LastFired,
            });
    }

    private void Log(JobSchedule schedule, FireBatch batch, FireReply reply, DateTimeOffset now)
    {
        switch (reply.Code)
        {
            case FireCode.Fired:
                LogFires(schedule, batch, reply, now);
                break;
            case FireCode.Paused:
                LogPassedOverPaused(schedule.Id, batch.PassedOver + batch.Fires.Count, batch.UpTo);
                break;
            case FireCode.AlreadyFired or FireCode.OutOfDate:
                LogAlreadyFired(schedule.Id, batch.UpTo);
                break;
        }
    }

    private void LogFires(JobSchedule schedule, FireBatch batch, FireReply reply, DateTimeOffset now)
    {
        // A policy that skips lets the first one in, and none after it.
        foreach (var (instant, envelope) in batch.Fires.Take(reply.Enqueued))
        {
            LogFired(schedule.Id, instant, schedule.JobName, envelope.TaskId);
        }

        if (reply.Skipped > 0)
        {
            LogSkipped(schedule.Id, reply.Skipped, batch.UpTo, schedule.JobName);
        }

        if (batch.Fires.Count > 0 && (batch.PassedOver > 0 || now - batch.Fires[0].Instant > ScheduleLedger.InTime))
        {
            LogCaughtUp(schedule.Id, batch.After, batch.Fires.Count, batch.UpTo, schedule.CatchUp);
        }

        if (batch.PassedOver > 0)
        {
            LogPassedOver(schedule.Id, batch.After, batch.PassedOver, schedule.CatchUp);
        }
    }

    // Since when a pause lasts that cannot be read is not known, and MarkWatch has told that. What it was taken for meanwhile is no news.
    private void LogPause(string schedule, ScheduleState? before, ScheduleState after)
    {
        var wasPaused = before is { PausedSince: not null };
        var wasRead = wasPaused && before is { UnreadablePause: null };
        if (after is { PausedSince: { } since, UnreadablePause: null } && !wasRead)
        {
            LogPaused(schedule, since);
        }
        else if (wasPaused && after.PausedSince is null)
        {
            LogResumed(schedule);
        }
    }
}
