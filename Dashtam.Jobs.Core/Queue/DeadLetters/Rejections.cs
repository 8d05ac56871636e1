using System.Globalization;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queue.DeadLetters;

/// <summary>The dead letters of jobs that could not be run, and what their producers are told.</summary>
internal static class Rejections
{
    /// <summary>Where our own errors come from, for TaskIQ's client: a module that Python does not have.</summary>
    private const string Module = "dashtam.jobs";

    public static DeadLetter TooLarge(int limit) => new(
        DeadLetterReason.TooLarge,
        string.Create(CultureInfo.InvariantCulture, $"The envelope is larger than {limit} bytes (JOBS_MAX_ENVELOPE_BYTES)"),
        JobName: null, TaskId: null, Attempts: 0, Result: null);

    public static DeadLetter Malformed(byte[] envelope, string problem)
    {
        var taskId = TaskIdReader.Find(envelope);
        var error = new JobError("MalformedEnvelopeError", [problem], Module);
        return new DeadLetter(
            DeadLetterReason.Malformed, problem, JobName: null, taskId, Attempts: 0,
            taskId is null ? null : JobResult.Failure(error, TimeSpan.Zero, JobLabels.Empty).ToUtf8());
    }

    /// <param name="error">What should not have been thrown.</param>
    /// <param name="envelope">The job, if it had been read by then.</param>
    public static DeadLetter Defect(Exception error, JobEnvelope? envelope)
    {
        var problem = $"The service could not bring it to an end: {error.GetType().Name}";
        return envelope is null
            ? new DeadLetter(DeadLetterReason.Failed, problem, JobName: null, TaskId: null, Attempts: 0, Result: null)
            : Ended(DeadLetterReason.Failed, "ServiceDefectError", problem, jobName: null, envelope);
    }

    /// <param name="envelope">The job.</param>
    /// <param name="why">Why it waits no longer, and which setting decides that.</param>
    /// <param name="nearest">The job that was probably meant; null: no name is like it.</param>
    public static DeadLetter UnknownJob(JobEnvelope envelope, string why, string? nearest = null) => Ended(
        DeadLetterReason.UnknownJob, "UnknownJobError",
        $"No worker knows the job '{Cut.Name(envelope.TaskName)}'{(nearest is null ? "" : $" (was '{nearest}' meant?)")}, and {why}",
        jobName: null, envelope);

    public static DeadLetter CrashLoop(Delivery delivery, JobEnvelope envelope, string? jobName) => Ended(
        DeadLetterReason.CrashLoop, "CrashLoopError",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Workers that ran this job alone died, or had to be restarted, as often as JOBS_MAX_DELIVERIES allows ({delivery.DeathsAlone})"),
        jobName, envelope);

    private static DeadLetter Ended(
        DeadLetterReason reason, string errorType, string problem, string? jobName, JobEnvelope envelope)
    {
        var error = new JobError(errorType, [problem], Module);
        return new DeadLetter(
            reason, problem, jobName, envelope.TaskId, envelope.Labels.FailedAttempts,
            JobResult.Failure(error, TimeSpan.Zero, envelope.Labels).ToUtf8())
        {
            HasLabelTypes = envelope.Labels.HasTypes,
        };
    }
}
