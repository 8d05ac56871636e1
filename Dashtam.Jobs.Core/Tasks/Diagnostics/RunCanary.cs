using System.Globalization;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Effects;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Tasks.Diagnostics;

/// <summary>What <c>run_canary</c> is to do.</summary>
internal sealed record RunCanaryArguments
{
    /// <summary>How long it sleeps, in milliseconds; at most a day.</summary>
    public int SleepMs { get; init; }

    /// <summary>How many attempts fail before one succeeds; more than ten only with <c>JOBS_CANARY_HARMFUL</c>.</summary>
    public int FailAttempts { get; init; }

    /// <summary>
    /// Whether it goes on, sleeps and has its effect, when it is cancelled, as a job that holds its slot does; only with
    /// <c>JOBS_CANARY_HARMFUL</c>.
    /// </summary>
    public bool IgnoreCancellation { get; init; }

    /// <summary>Returned as it came.</summary>
    public JsonElement? Echo { get; init; }

    /// <summary>
    /// A name, 1 to 200 characters, under which an effect is recorded after the sleep, with a fence token from before it: as a
    /// job does that works for a while, and may have lost its delivery when it comes to write.
    /// </summary>
    public string? Effect { get; init; }
}

/// <summary>Shows that work flows: operators, tests, benchmarks and the fault suite send it.</summary>
/// <remarks>
/// Schedule: none; it runs on request.
/// Progress: <c>SLEEPING</c> once a second while it sleeps, with <c>slept_ms</c> and <c>of_ms</c>.
/// Returns: <c>checked</c> 1, <c>processed</c> 1, <c>errors</c> 0; <c>attempt</c> 1 for the first run; <c>worker</c> who ran it;
/// <c>echo</c> what it was given, or null. With an effect also <c>fence</c>, its token, and <c>effect_accepted</c>, 1 or 0.
/// </remarks>
[Job("run_canary", Category = "diagnostics")]
internal sealed partial class RunCanary(
    TimeProvider time,
    IFencedEffects effects,
    IOptions<CanaryOptions> options,
    IHostEnvironment environment,
    ILogger<RunCanary> logger) : IJobHandler<RunCanaryArguments>
{
    private const int LongestName = 200;
    private const int LongestSleepMs = 86_400_000;
    private const int MostHarmlessFailures = 10;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    public async Task<JobSummary> RunAsync(
        JobContext job, RunCanaryArguments arguments, CancellationToken cancellationToken)
    {
        Check(arguments);
        if (job.Attempt <= arguments.FailAttempts)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"run_canary fails as asked (fail_attempts: {arguments.FailAttempts}); this is attempt {job.Attempt}."));
        }

        var token = arguments.IgnoreCancellation ? CancellationToken.None : cancellationToken;
        var fence = arguments.Effect is null ? 0 : await job.GetFenceTokenAsync(cancellationToken);
        if (arguments.SleepMs > 0)
        {
            await SleepAsync(job, TimeSpan.FromMilliseconds(arguments.SleepMs), token);
        }

        var summary = new JobSummary(Checked: 1, Processed: 1, Errors: 0).With("attempt", job.Attempt).With("worker", job.Worker);
        summary = arguments.Echo is { } echo ? summary.With("echo", echo) : summary.With("echo", (string?)null);
        if (arguments.Effect is not { } effect)
        {
            return summary;
        }

        var (accepted, order) = await effects.RecordAsync(effect, fence, token);
        LogEffect(effect, fence, accepted, order, job.Worker);
        return summary.With("fence", fence).With("effect_accepted", accepted ? 1 : 0);
    }

    private async Task SleepAsync(JobContext job, TimeSpan length, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var sleep = Task.Delay(length, time, cancellationToken);
        while (await Task.WhenAny(sleep, Task.Delay(BetweenReports, time, CancellationToken.None)) != sleep)
        {
            try
            {
                var slept = (long)time.GetElapsedTime(start).TotalMilliseconds;
                await job.ReportProgressAsync("SLEEPING", new { SleptMs = slept, OfMs = (long)length.TotalMilliseconds }, cancellationToken);
            }
            catch (FencedException)
            {
                break; // it sleeps on until it is cancelled, as a job does that does not notice
            }
        }

        await sleep;
    }

    private void Check(RunCanaryArguments arguments)
    {
        if (arguments.SleepMs is < 0 or > LongestSleepMs)
        {
            throw new JobArgumentException($"argument 'sleep_ms' must be from 0 to {LongestSleepMs}");
        }

        if (arguments.FailAttempts < 0)
        {
            throw new JobArgumentException("argument 'fail_attempts' must not be negative");
        }

        if (!(options.Value.Harmful ?? environment.IsDevelopment()))
        {
            CheckHarmless(arguments);
        }

        if (arguments.Effect is { Length: 0 or > LongestName })
        {
            throw new JobArgumentException($"argument 'effect' must have 1 to {LongestName} characters");
        }
    }

    private static void CheckHarmless(RunCanaryArguments arguments)
    {
        if (arguments.IgnoreCancellation)
        {
            throw new JobArgumentException("argument 'ignore_cancellation' needs a worker with JOBS_CANARY_HARMFUL=true");
        }

        if (arguments.FailAttempts > MostHarmlessFailures)
        {
            throw new JobArgumentException(
                $"argument 'fail_attempts' above {MostHarmlessFailures} needs a worker with JOBS_CANARY_HARMFUL=true");
        }
    }

    [LoggerMessage(EventName = "canary_effect", Level = LogLevel.Information,
        Message = "Effect {Effect} was offered under fence token {Fence} by {Worker}; accepted: {Accepted}, offer {Order}")]
    private partial void LogEffect(string effect, long fence, bool accepted, long order, string worker);
}
