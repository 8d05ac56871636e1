using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>What <c>run_bench</c> is called with.</summary>
internal sealed record RunBenchArguments
{
    public required long N { get; init; }

    /// <summary>Only weighs something.</summary>
    public string? Payload { get; init; }
}

/// <summary>How long <c>run_bench</c> waits between its two records.</summary>
internal sealed record BenchSleep(TimeSpan Length);

/// <summary>Does nothing but record when it ran, for benchmarks.</summary>
[Job(Name, Category = "bench")]
internal sealed class RunBench(RunRecorder recorder, BenchSleep sleep) : IJobHandler<RunBenchArguments>
{
    public const string Name = "run_bench";

    private static readonly Task<JobSummary> Done =
        Task.FromResult(new JobSummary(Checked: 1, Processed: 1, Errors: 0));

    public Task<JobSummary> RunAsync(
        JobContext job, RunBenchArguments arguments, CancellationToken cancellationToken)
    {
        if (sleep.Length > TimeSpan.Zero)
        {
            return SleepAsync(arguments.N, cancellationToken);
        }

        recorder.Ran(arguments.N);
        return Done;
    }

    /// <summary>A job as a producer would write it; its bytes are the same for all that speak our wire.</summary>
    public static JobEnvelope Envelope(int n, int payloadBytes) => new()
    {
        TaskId = JobEnvelope.NewTaskId(),
        TaskName = Name,
        Arguments = payloadBytes > 0
            ? JobArguments.From(new { N = n, Payload = new string('x', payloadBytes) })
            : JobArguments.From(new { N = n }),
    };

    private async Task<JobSummary> SleepAsync(long n, CancellationToken cancellationToken)
    {
        recorder.Started(n);
        await Task.Delay(sleep.Length, cancellationToken);
        recorder.Ended(n);
        return await Done;
    }
}
