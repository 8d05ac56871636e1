using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Execution.Retries;

/// <summary>Decides whether a run that failed is followed by another, and when.</summary>
internal sealed partial class RetryPolicy(Backoff backoff, IOptions<RetryOptions> options, ILogger<RetryPolicy> logger)
{
    /// <summary>Before this attempt, and before each later one, there is a pause of <c>JOBS_RETRY_FLOOR_SECONDS</c> at least.</summary>
    internal const int FirstWithFloor = 6;

    // Names of the catalogue: a limit is said once for each job and limit, not for each of a million attempts.
    private readonly ConcurrentDictionary<(string Job, string Setting), bool> _said = new();

    /// <summary>What follows a run that failed: another attempt, or the failure as it is.</summary>
    public JobOutcome Next(Run run, JobOutcome failure)
    {
        var (attempt, most) = (run.Context.Attempt, run.Context.MaxAttempts);
        if (attempt >= most)
        {
            if (run.AttemptsAsked > most && _said.TryAdd((run.Job.Name, "JOBS_MAX_ATTEMPTS"), true))
            {
                LogNoMoreAttempts(run.Job.Name, run.AttemptsAsked, most);
            }

            return failure;
        }

        return new JobOutcome.Retried(failure, Pause(run, attempt));
    }

    // TaskIQ's SmartRetry names its pause in a label; who sent one meant it.
    private TimeSpan Pause(Run run, int attempt)
    {
        var asked = run.Envelope.Labels.Delay;
        var pause = asked ?? backoff.Next(attempt);
        var floor = TimeSpan.FromSeconds(options.Value.FloorSeconds);
        if (attempt + 1 < FirstWithFloor || pause >= floor)
        {
            return pause;
        }

        if (asked is { } wanted && _said.TryAdd((run.Job.Name, "JOBS_RETRY_FLOOR_SECONDS"), true))
        {
            LogLongerPause(run.Job.Name, (long)wanted.TotalMilliseconds, (long)floor.TotalMilliseconds, attempt + 1);
        }

        return floor;
    }

    [LoggerMessage(EventName = "attempts_limited", Level = LogLevel.Warning,
        Message = "{Job} asked for more attempts ({Asked}) than JOBS_MAX_ATTEMPTS allows ({Most}), and has used up "
            + "all of these. Logged once for each job. Check the producer's label max_retries")]
    private partial void LogNoMoreAttempts(string job, int asked, int most);

    [LoggerMessage(EventName = "retry_pause_raised", Level = LogLevel.Warning,
        Message = "{Job} asked for a pause of {AskedMs} ms between attempts. From attempt {Attempt} on the pause is "
            + "{FloorMs} ms (JOBS_RETRY_FLOOR_SECONDS). Logged once for each job. Check why the job fails, and the "
            + "producer's label delay")]
    private partial void LogLongerPause(string job, long askedMs, long floorMs, int attempt);
}
