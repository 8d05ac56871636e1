using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution.Stages;

/// <summary>Takes the job out of the processing list, in the way that its outcome asks for.</summary>
internal sealed class ResultStage(IJobExits exits, Settler settler, RetryPolicy retries, TimeProvider time) : IRunStage
{
    /// <summary>How often a result is tried to be written that there is no memory for.</summary>
    internal const int MostTries = 5;

    /// <summary>The pause after the first of those tries; it doubles.</summary>
    internal static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    public async ValueTask<JobOutcome> InvokeAsync(Run run, NextStage next)
    {
        var outcome = await next(run);
        if (run.Progress is { } progress)
        {
            await progress.FlushAsync();
        }

        byte[]? result = null;
        if (outcome is JobOutcome.Succeeded succeeded)
        {
            (result, var failure) = await WriteAsync(run, succeeded);
            outcome = failure ?? outcome;
        }

        Func<CancellationToken, Task<Settlement>>? settle = outcome switch
        {
            JobOutcome.Succeeded => token => exits.LeaveAsync(
                run.Delivery, new Exit.Finished(run.Envelope.TaskId, run.Job.Name, result!), token), // it was written above
            JobOutcome.Retried retried => Retry(run, retried),
            JobOutcome.Failed failed => Fail(run, failed.Error),
            JobOutcome.TimedOut timedOut => Fail(run, JobError.Timeout(timedOut.Timeout)),
            JobOutcome.Replaced => EndReplaced(run),
            JobOutcome.GivenBack => token => exits.LeaveAsync(run.Delivery, new Exit.GivenBack(), token),
            _ => null,
        };
        if (settle is null || await settler.SettleAsync(settle, run.SettleToken, run) == Settlement.Done)
        {
            return outcome;
        }

        return new JobOutcome.Fenced();
    }

    /// <summary>
    /// A summary may hold what cannot be written, a disposed document for one: then the job has failed, whatever it did. Without the
    /// memory for it now, there may be some a moment later; after that the job is tried again like any other.
    /// </summary>
    private async ValueTask<(byte[]? Result, JobOutcome? Failure)> WriteAsync(Run run, JobOutcome.Succeeded succeeded)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (JobResult.Success(succeeded.Summary, Elapsed(run), run.Envelope.Labels).ToUtf8(), null);
            }
            catch (OutOfMemoryException error) when (attempt == MostTries)
            {
                return (null, retries.Next(run, new JobOutcome.Failed(JobError.From(error), error, MayRetry: true)));
            }
            catch (OutOfMemoryException)
            {
                // Tried again below.
            }
            catch (Exception error)
            {
                return (null, new JobOutcome.Failed(JobError.From(error), error, MayRetry: false));
            }

            await Task.Delay(pause, time, run.SettleToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause *= 2;
        }
    }

    // What is sent is written with each try: without the memory for it, the settlement is tried again like any other.
    private Func<CancellationToken, Task<Settlement>> Retry(Run run, JobOutcome.Retried retried)
    {
        var next = run.Envelope with { Labels = run.Envelope.Labels.WithFailedAttempts(run.Context.Attempt) };
        var hangs = run.State == RunState.Abandoned;
        byte[]? bytes = null;
        return token =>
        {
            bytes ??= next.ToUtf8();
            run.NextHash = hangs ? EnvelopeHash.Of(bytes) : null;
            return exits.LeaveAsync(run.Delivery, new Exit.Retried(run.Job.Name, bytes, retried.Delay, hangs), token);
        };
    }

    private Func<CancellationToken, Task<Settlement>> EndReplaced(Run run)
    {
        byte[]? result = null;
        return token => exits.LeaveAsync(
            run.Delivery, new Exit.Replaced(run.Envelope.TaskId, run.Job.Name, result ??= Failure(run, JobError.Replaced)), token);
    }

    private Func<CancellationToken, Task<Settlement>> Fail(Run run, JobError error)
    {
        DeadLetter? letter = null;
        return token => exits.LeaveAsync(
            run.Delivery,
            new Exit.Dead(letter ??= new DeadLetter(
                DeadLetterReason.Failed,
                $"{error.Type}: {string.Join("; ", error.Messages)}",
                run.Job.Name,
                run.Envelope.TaskId,
                run.Context.Attempt,
                Failure(run, error))),
            token);
    }

    private byte[] Failure(Run run, JobError error) =>
        JobResult.Failure(error, Elapsed(run), run.Envelope.Labels).ToUtf8();

    private TimeSpan Elapsed(Run run) => time.GetElapsedTime(run.StartedAt);
}
