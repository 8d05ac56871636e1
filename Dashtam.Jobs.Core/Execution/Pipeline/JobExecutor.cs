using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Progress;
using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Queue.Progress;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Execution.Pipeline;

/// <summary>Takes a delivery from its bytes to its end, whatever the bytes are. It does not throw.</summary>
internal sealed partial class JobExecutor(
    JobCatalog catalog,
    JobPipeline pipeline,
    IJobExits exits,
    Settler settler,
    IFenceTokens fences,
    IProgressStore progress,
    IOptions<QueueOptions> options,
    IOptions<RetryOptions> retries,
    TimeProvider time,
    ILogger<JobExecutor> logger)
{
    private static readonly TimeSpan PauseWithoutMemory = TimeSpan.FromSeconds(5);

    private readonly Func<JobRun, JobProgress> _newProgress = run => new JobProgress(progress, run.Delivery, run.Envelope.TaskId, time);

    /// <summary>Runs a delivery; returns when it is settled and its handler has returned, so that the slot is free.</summary>
    /// <param name="delivery">What was fetched.</param>
    /// <param name="started">Told of the run before it begins, so that others can cancel it.</param>
    /// <param name="settleToken">Ends the attempts to settle: cancelled right before the process exits.</param>
    public async Task<JobOutcome> ExecuteAsync(Delivery delivery, Action<JobRun> started, CancellationToken settleToken)
    {
        JobEnvelope? envelope = null;
        try
        {
            if (delivery.Envelope.Length > options.Value.MaxEnvelopeBytes)
            {
                return await RejectAsync(delivery, Rejections.TooLarge(options.Value.MaxEnvelopeBytes), settleToken);
            }

            if (!JobEnvelope.TryParse(delivery.Envelope, out envelope, out var problem))
            {
                return await RejectAsync(delivery, Rejections.Malformed(delivery.Envelope, problem), settleToken);
            }

            if (envelope.Labels.HasTypes)
            {
                delivery = delivery with { HasLabelTypes = true };
            }

            if (ScheduleLabels.ScheduleThatWatches(envelope.Labels) is { } schedule)
            {
                delivery = delivery with { WatchedBy = schedule };
            }

            var job = catalog.Find(envelope.TaskName);
            if (delivery.DeathsAlone >= options.Value.MaxDeliveries)
            {
                return await RejectAsync(delivery, Rejections.CrashLoop(delivery, envelope, job?.Name), settleToken);
            }

            return job is not null
                ? await RunAsync(delivery, envelope, job, started, settleToken)
                : await ParkAsync(delivery, envelope, settleToken);
        }
        catch (OutOfMemoryException)
        {
            // What the handler did is settled, or is repeated with a pause: this was before it, or after its settlement.
            LogNoMemory(delivery.Envelope.Length);
            await Task.Delay(PauseWithoutMemory, time, settleToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await settler.SettleAsync(token => exits.LeaveAsync(delivery, new Exit.GivenBack(), token), settleToken);
            return new JobOutcome.GivenBack();
        }
        catch (Exception error)
        {
            // Nothing above should throw. A job that made it throw would do so again each time the audit finds it.
            LogFailed(error);
            return await RejectAsync(delivery, Rejections.Defect(error, envelope), settleToken);
        }
    }

    private async Task<JobOutcome> RunAsync(
        Delivery delivery, JobEnvelope envelope, JobDescriptor job, Action<JobRun> started, CancellationToken settleToken)
    {
        using var run = new JobRun(delivery, envelope, job, time.GetTimestamp(), settleToken)
        {
            Fence = new DeliveryFence(fences, delivery),
            MostAttempts = retries.Value.MaxAttempts,
            NewProgress = _newProgress,
        };
        started(run);
        try
        {
            var outcome = await pipeline.RunAsync(run);
            if (!run.Handler.IsCompleted)
            {
                // The job has gone the way of a timeout; its handler still runs, and costs this slot until it returns.
                LogAbandoned(run.Job.Name, run.Envelope.TaskId);
                run.Abandoned?.Invoke();
                await run.Handler;
                LogReturned(run.Job.Name, run.Envelope.TaskId);
            }

            if (outcome is JobOutcome.GivenUp)
            {
                LogReturned(run.Job.Name, run.Envelope.TaskId);
                await run.GoneOn.Task;
            }

            return outcome;
        }
        finally
        {
            run.Returned.Set();
        }
    }

    /// <summary>
    /// Settles a job whose handler blocks the thread that called it, although it was cancelled: the pipeline runs once more, on
    /// this thread, with that as its outcome. When the handler comes back in the end, its own pipeline does nothing.
    /// </summary>
    public async Task GoOnWithoutAsync(JobRun run)
    {
        if (!run.TryGiveUp())
        {
            return;
        }

        try
        {
            LogAbandoned(run.Job.Name, run.Envelope.TaskId);
            await pipeline.RunAsync(run);
            run.Abandoned?.Invoke();
        }
        catch (Exception error)
        {
            LogFailed(error); // its entry in the processing list stays, and fsck names it
        }
        finally
        {
            run.GoneOn.Set();
        }
    }

    private async Task<JobOutcome> ParkAsync(Delivery delivery, JobEnvelope envelope, CancellationToken settleToken)
    {
        var nearest = catalog.Nearest(envelope.TaskName);
        var settlement = await settler.SettleAsync(token => exits.LeaveAsync(delivery, new Exit.Parked(), token), settleToken);
        if (settlement == Settlement.Full)
        {
            return await RejectAsync(
                delivery,
                Rejections.UnknownJob(envelope, "there is no room to park it (JOBS_PARKED_MAX, JOBS_PARKED_MAX_BYTES)", nearest),
                settleToken);
        }

        LogParked(
            Cut.Name(envelope.TaskName), Cut.Name(envelope.TaskId),
            nearest is null ? "it waits for a worker that knows it" : $"was '{nearest}' meant? If not, it waits for a worker that knows it");
        return settlement == Settlement.Done ? new JobOutcome.Parked() : new JobOutcome.Fenced();
    }

    private async Task<JobOutcome> RejectAsync(Delivery delivery, DeadLetter letter, CancellationToken settleToken)
    {
        var settlement = await settler.SettleAsync(token => exits.LeaveAsync(delivery, new Exit.Dead(letter), token), settleToken);
        if (settlement != Settlement.Done)
        {
            return new JobOutcome.Fenced();
        }

        LogRejected(letter.JobName, letter.ShortTaskId, delivery.Envelope.Length, letter.Reason, letter.Detail);
        return new JobOutcome.Rejected(letter.Detail);
    }

    [LoggerMessage(EventName = "envelope_rejected", Level = LogLevel.Error,
        Message = "An envelope of {Bytes} bytes (job: {Job}, id: {TaskId}) became a dead letter ({Reason}): {Detail}")]
    private partial void LogRejected(string? job, string? taskId, int bytes, DeadLetterReason reason, string detail);

    [LoggerMessage(EventName = "job_parked", Level = LogLevel.Warning,
        Message = "{Job} ({TaskId}) is not known here: {Hint}")]
    private partial void LogParked(string job, string taskId, string hint);

    [LoggerMessage(EventName = "handler_abandoned", Level = LogLevel.Error,
        Message = "The handler of {Job} ({TaskId}) ignores its cancellation. The job is settled without its handler, "
            + "which keeps its slot until it returns. Pass the cancellation token on in the handler")]
    private partial void LogAbandoned(string job, string taskId);

    [LoggerMessage(EventName = "handler_returned", Level = LogLevel.Information,
        Message = "The abandoned handler of {Job} ({TaskId}) returned; its slot is free again")]
    private partial void LogReturned(string job, string taskId);

    [LoggerMessage(EventName = "delivery_lacked_memory", Level = LogLevel.Error,
        Message = "This process had no memory to run an envelope of {Bytes} bytes; the job goes back into the queue "
            + "in 5 s. Give the worker more memory, or lower WORKER_CONCURRENCY or WORKER_MAX_HELD_BYTES")]
    private partial void LogNoMemory(int bytes);

    [LoggerMessage(EventName = "delivery_failed", Level = LogLevel.Critical,
        Message = "A job could not be brought to its end. This is a defect of the service: report it with this line")]
    private partial void LogFailed(Exception error);
}
