using System.Globalization;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Tasks.Diagnostics;

/// <summary>What <c>run_canary</c> is to do.</summary>
internal sealed record RunCanaryArguments
{
    /// <summary>How long it sleeps, in milliseconds; at most a day.</summary>
    public int SleepMs { get; init; }

    /// <summary>How many attempts fail before one succeeds.</summary>
    public int FailAttempts { get; init; }

    /// <summary>Whether it goes on sleeping when it is cancelled, as a job that holds its slot does.</summary>
    public bool IgnoreCancellation { get; init; }

    /// <summary>Returned as it came.</summary>
    public JsonElement? Echo { get; init; }
}

/// <summary>Shows that work flows: operators, tests, benchmarks and the fault suite send it.</summary>
/// <remarks>
/// Schedule: none; it runs on request.
/// Returns: <c>checked</c> 1, <c>processed</c> 1, <c>errors</c> 0; <c>attempt</c> 1 for the first run; <c>worker</c> who ran it;
/// <c>echo</c> what it was given, or null.
/// </remarks>
[Job("run_canary", Category = "diagnostics")]
internal sealed class RunCanary(TimeProvider time) : IJobHandler<RunCanaryArguments>
{
    private const int LongestSleepMs = 86_400_000;

    public async Task<JobSummary> RunAsync(
        JobContext job, RunCanaryArguments arguments, CancellationToken cancellationToken)
    {
        Check(arguments);
        if (job.Attempt <= arguments.FailAttempts)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"run_canary fails its first {arguments.FailAttempts} attempts, as asked; this is attempt {job.Attempt}."));
        }

        if (arguments.SleepMs > 0)
        {
            var token = arguments.IgnoreCancellation ? CancellationToken.None : cancellationToken;
            await Task.Delay(TimeSpan.FromMilliseconds(arguments.SleepMs), time, token);
        }

        var summary = new JobSummary(Checked: 1, Processed: 1, Errors: 0).With("attempt", job.Attempt).With("worker", job.Worker);
        return arguments.Echo is { } echo ? summary.With("echo", echo) : summary.With("echo", (string?)null);
    }

    private static void Check(RunCanaryArguments arguments)
    {
        if (arguments.SleepMs is < 0 or > LongestSleepMs)
        {
            throw new JobArgumentException($"argument 'sleep_ms' must be from 0 to {LongestSleepMs}");
        }

        if (arguments.FailAttempts < 0)
        {
            throw new JobArgumentException("argument 'fail_attempts' must not be negative");
        }
    }
}
