using System.Diagnostics.CodeAnalysis;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Middlewares;

/// <summary>Takes the job out of the processing list, in the way that its outcome asks for.</summary>
internal sealed class ResultMiddleware(IJobQueue queue, Settler settler, TimeProvider time) : IJobMiddleware
{
    public async ValueTask<JobOutcome> InvokeAsync(JobRun run, JobDelegate next)
    {
        var outcome = await next(run);
        if (run.Handler.IsCompleted && !run.IsGivenUp)
        {
            run.Returned.Set(); // the slot need not wait for Redis
        }

        byte[]? result = null;
        if (outcome is JobOutcome.Succeeded succeeded && !TryWrite(run, succeeded, out result, out var failure))
        {
            outcome = failure;
        }

        Func<CancellationToken, Task<Settlement>>? settle = outcome switch
        {
            JobOutcome.Succeeded => token => queue.FinishAsync(
                run.Delivery, run.Envelope.TaskId, run.Job.Name, result!, token), // it was written above
            JobOutcome.Retried retried => Retry(run, retried),
            JobOutcome.Failed failed => Fail(run, failed.Error),
            JobOutcome.TimedOut timedOut => Fail(run, JobError.Timeout(timedOut.Timeout)),
            JobOutcome.Replaced => EndReplaced(run),
            JobOutcome.GivenBack => token => queue.GiveBackAsync(run.Delivery, token),
            _ => null,
        };
        if (settle is null || await settler.SettleAsync(settle, run.SettleToken) == Settlement.Done)
        {
            return outcome;
        }

        return new JobOutcome.Fenced();
    }

    /// <summary>A summary may hold what cannot be written, a disposed document for one: then the job has failed, whatever it did.</summary>
    private bool TryWrite(
        JobRun run,
        JobOutcome.Succeeded succeeded,
        [NotNullWhen(true)] out byte[]? result,
        [NotNullWhen(false)] out JobOutcome.Failed? failure)
    {
        (result, failure) = (null, null);
        try
        {
            result = JobResult.Success(succeeded.Summary, Elapsed(run), run.Envelope.Labels).ToUtf8();
        }
        catch (Exception error)
        {
            failure = new JobOutcome.Failed(JobError.From(error), error, MayRetry: false);
        }

        return result is not null;
    }

    private Func<CancellationToken, Task<Settlement>> Retry(JobRun run, JobOutcome.Retried retried)
    {
        var next = run.Envelope with { Labels = run.Envelope.Labels.WithFailedAttempts(run.Context.Attempt) };
        var bytes = next.ToUtf8();
        return token => queue.RetryAsync(run.Delivery, run.Job.Name, bytes, retried.Delay, token);
    }

    private Func<CancellationToken, Task<Settlement>> EndReplaced(JobRun run)
    {
        var result = JobResult.Failure(JobError.Replaced, Elapsed(run), run.Envelope.Labels).ToUtf8();
        return token => queue.EndReplacedAsync(run.Delivery, run.Envelope.TaskId, run.Job.Name, result, token);
    }

    private Func<CancellationToken, Task<Settlement>> Fail(JobRun run, JobError error)
    {
        var result = JobResult.Failure(error, Elapsed(run), run.Envelope.Labels).ToUtf8();
        var letter = new DeadLetter(
            DeadLetterReason.Failed,
            $"{error.Type}: {string.Join("; ", error.Messages)}",
            run.Job.Name,
            run.Envelope.TaskId,
            run.Context.Attempt,
            result);
        return token => queue.DeadLetterAsync(run.Delivery, letter, token);
    }

    private TimeSpan Elapsed(JobRun run) => time.GetElapsedTime(run.StartedAt);
}
