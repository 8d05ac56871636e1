using System.Text;
using BenchmarkDotNet.Attributes;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Tasks.Diagnostics;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Microbench;

/// <summary>What the wire costs each job: its envelope, its arguments, its result.</summary>
[MemoryDiagnoser]
public class WireBenchmarks
{
    private static readonly byte[] Taskiq = Resource("taskiq.json");
    private static readonly JobEnvelope TaskiqEnvelope = Parse(Taskiq);
    private static readonly byte[] Own = OwnEnvelope().ToUtf8();
    private static readonly JobArguments Arguments = Parse(Own).Arguments;
    private static readonly JobSummary Summary = new(Checked: 1, Processed: 1, Errors: 0);
    private static readonly TimeSpan Elapsed = TimeSpan.FromMilliseconds(1234);

    /// <summary>One as our own producers write it: no labels, one argument.</summary>
    [Benchmark]
    public JobEnvelope ReadOwnEnvelope() => Parse(Own);

    /// <summary>One of TaskIQ's with four labels and their types.</summary>
    [Benchmark]
    public JobEnvelope ReadTaskiqEnvelope() => Parse(Taskiq);

    /// <summary>The labels that a run looks at.</summary>
    [Benchmark]
    public int LookUpLabels()
    {
        var labels = TaskiqEnvelope.Labels;
        var known = labels.FailedAttempts + (labels.MaxRetries ?? 0);
        return labels.Timeout is null || labels.Delay is null || labels.RetryOnError is null ? known : known + 1;
    }

    [Benchmark]
    public byte[] WriteOwnEnvelope() => OwnEnvelope().ToUtf8();

    [Benchmark]
    public byte[] WriteTaskiqEnvelope() => TaskiqEnvelope.ToUtf8();

    [Benchmark]
    public object BindArguments() => Arguments.Bind<RunCanaryArguments>();

    [Benchmark]
    public object BindNoArguments() => JobArguments.None.Bind<RunCanaryArguments>();

    [Benchmark]
    public byte[] WriteResult() => JobResult.Success(Summary, Elapsed, JobLabels.Empty).ToUtf8();

    /// <summary>Labels as their types say.</summary>
    [Benchmark]
    public byte[] WriteTaskiqResult() => JobResult.Success(Summary, Elapsed, TaskiqEnvelope.Labels).ToUtf8();

    private static JobEnvelope OwnEnvelope() => new()
    {
        TaskId = "0a07b50e237e4a0dbe7f65d3b8ba1f22",
        TaskName = "run_canary",
        Arguments = JobArguments.From(new RunCanaryArguments { SleepMs = 5 }),
    };

    private static JobEnvelope Parse(byte[] utf8) =>
        JobEnvelope.TryParse(utf8, out var envelope, out var problem)
            ? envelope
            : throw new InvalidOperationException($"{problem}: {Encoding.UTF8.GetString(utf8)}");

    private static byte[] Resource(string name)
    {
        using var resource = typeof(WireBenchmarks).Assembly.GetManifestResourceStream(name)!; // built in
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
