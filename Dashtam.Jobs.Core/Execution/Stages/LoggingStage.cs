using System.Collections;
using Dashtam.Jobs.Core.Execution.Runs;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Execution.Stages;

/// <summary>Says that a run began and how it ended. Every line of the run carries job, task_id and attempt.</summary>
internal sealed partial class LoggingStage(TimeProvider time, ILogger<LoggingStage> logger) : IRunStage
{
    public async ValueTask<JobOutcome> InvokeAsync(Run run, NextStage next)
    {
        using var scope = logger.BeginScope(new RunScope(run));
        LogStarted(run.Job.Name, run.Context.Attempt, run.Context.MaxAttempts);
        var outcome = await next(run);
        Log(run, outcome, Math.Round(time.GetElapsedTime(run.StartedAt).TotalMilliseconds, 1));
        return outcome;
    }

    private void Log(Run run, JobOutcome outcome, double elapsed)
    {
        switch (outcome)
        {
            case JobOutcome.Succeeded { Summary: var summary }:
                if (logger.IsEnabled(LogLevel.Information))
                {
                    LogSucceeded(run.Job.Name, elapsed, SummaryText.Of(summary));
                }

                break;
            case JobOutcome.Retried { Cause: var cause, Delay: var delay }:
                LogRetried(
                    Cause(cause), run.Job.Name, elapsed, Describe(cause), (long)delay.TotalMilliseconds,
                    run.Context.Attempt + 1, run.Context.MaxAttempts);
                break;
            case JobOutcome.Failed or JobOutcome.TimedOut:
                LogFailed(Cause(outcome), run.Job.Name, elapsed, Describe(outcome), run.Context.Attempt);
                break;
            case JobOutcome.GivenBack:
                LogGivenBack(run.Job.Name, elapsed);
                break;
            case JobOutcome.Replaced:
                LogReplaced(run.Job.Name, elapsed);
                break;
            default:
                LogFenced(run.Job.Name, elapsed, run.Delivery.Worker);
                break;
        }
    }

    /// <summary>What every line of a run carries, read only where a line is written.</summary>
    private sealed class RunScope(Run run) : IEnumerable<KeyValuePair<string, object>>
    {
        public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
        {
            yield return new("Job", run.Job.Name);
            yield return new("TaskId", run.Envelope.TaskId);
            yield return new("Attempt", run.Context.Attempt);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private static Exception? Cause(JobOutcome outcome) => (outcome as JobOutcome.Failed)?.Exception;

    private static string Describe(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Failed failed => $"{failed.Error.Type}: {string.Join("; ", failed.Error.Messages)}",
        JobOutcome.TimedOut timedOut => $"it did not end within its timeout of {timedOut.Timeout.TotalSeconds} s",
        _ => outcome.Name,
    };

    [LoggerMessage(EventName = "job_started", Level = LogLevel.Information,
        Message = "{Job} started, attempt {Attempt} of {MaxAttempts}")]
    private partial void LogStarted(string job, int attempt, int maxAttempts);

    [LoggerMessage(EventName = "job_succeeded", Level = LogLevel.Information,
        Message = "{Job} succeeded after {ElapsedMs} ms: {Summary}")]
    private partial void LogSucceeded(string job, double elapsedMs, string summary);

    [LoggerMessage(EventName = "job_retried", Level = LogLevel.Warning,
        Message = "{Job} failed after {ElapsedMs} ms ({Problem}); attempt {NextAttempt} of {MaxAttempts} follows in {DelayMs} ms")]
    private partial void LogRetried(
        Exception? error, string job, double elapsedMs, string problem, long delayMs, int nextAttempt, int maxAttempts);

    [LoggerMessage(EventName = "job_failed", Level = LogLevel.Error,
        Message = "{Job} failed for good after {ElapsedMs} ms ({Problem}); it is a dead letter after attempt {Attempts}")]
    private partial void LogFailed(Exception? error, string job, double elapsedMs, string problem, int attempts);

    [LoggerMessage(EventName = "job_given_back", Level = LogLevel.Warning,
        Message = "{Job} was given back after {ElapsedMs} ms because the worker stops; this attempt does not count")]
    private partial void LogGivenBack(string job, double elapsedMs);

    [LoggerMessage(EventName = "job_replaced", Level = LogLevel.Warning,
        Message = "{Job} ended after {ElapsedMs} ms: its schedule fired again, and the newer run replaces this one")]
    private partial void LogReplaced(string job, double elapsedMs);

    [LoggerMessage(EventName = "job_fenced", Level = LogLevel.Warning,
        Message = "{Job} ran for {ElapsedMs} ms, but worker {Worker} no longer holds the job: another worker "
            + "recovered it. This run wrote nothing")]
    private partial void LogFenced(string job, double elapsedMs, string worker);
}
