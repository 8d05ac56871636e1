using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.PythonSchedules;
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
    FiresElsewhere elsewhere,
    IOptions<QueueOptions> options,
    IOptions<RetryOptions> retries,
    TimeProvider time,
    ILogger<JobExecutor> logger)
{
    private static readonly TimeSpan PauseWithoutMemory = TimeSpan.FromSeconds(5);

    private readonly RunMeans _means = new(fences, progress, retries.Value.MaxAttempts, time);

    /// <summary>
    /// Takes a delivery through its stages; returns when it is settled. The handler is called by whoever calls
    /// <see cref="TimedHandlers.CallAsync"/>, and may still run.
    /// </summary>
    public async Task<JobOutcome> ExecuteAsync(Run run)
    {
        var (delivery, settleToken) = (run.Delivery, run.SettleToken);
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
                elsewhere.Note(delivery.Queue, envelope);
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

            if (job is null)
            {
                return await ParkAsync(delivery, envelope, settleToken);
            }

            run.Begin(delivery, envelope, job, _means);
            return await pipeline.RunAsync(run);
        }
        catch (OutOfMemoryException)
        {
            // What the handler did is settled, or is repeated with a pause: this was before it, or after its settlement.
            run.Move(RunStep.Skip);
            return await GiveBackAsync(delivery, settleToken);
        }
        catch (Exception error)
        {
            // Nothing above should throw. A job that made it throw would do so again each time the audit finds it.
            run.Move(RunStep.Skip);
            LogFailed(error);
            return await RejectAsync(delivery, Rejections.Defect(error, envelope), settleToken);
        }
        finally
        {
            run.Move(RunStep.Settle);
        }
    }

    private async Task<JobOutcome> GiveBackAsync(Delivery delivery, CancellationToken settleToken)
    {
        LogNoMemory(delivery.Envelope.Length);
        await Task.Delay(PauseWithoutMemory, time, settleToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await settler.SettleAsync(token => exits.LeaveAsync(delivery, new Exit.GivenBack(), token), settleToken);
        return new JobOutcome.GivenBack();
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

    [LoggerMessage(EventName = "delivery_lacked_memory", Level = LogLevel.Error,
        Message = "This process had no memory to run an envelope of {Bytes} bytes; the job goes back into the queue "
            + "in 5 s. Give the worker more memory, or lower WORKER_CONCURRENCY or WORKER_MAX_HELD_BYTES")]
    private partial void LogNoMemory(int bytes);

    [LoggerMessage(EventName = "delivery_failed", Level = LogLevel.Critical,
        Message = "A job could not be brought to its end. This is a defect of the service: report it with this line")]
    private partial void LogFailed(Exception error);
}
