using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Core.Execution;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>Records how long after its second it began. A schedule is a job's, so there is a job for each.</summary>
internal abstract class Tick(LagRecorder recorder) : IJobHandler
{
    public const string EverySecond = "* * * * * ?";

    /// <summary>The jobs that have such a schedule.</summary>
    public static Type[] Types { get; } =
    [
        .. typeof(Tick).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Tick)))
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        recorder.Started(job.JobName);
        return Task.FromResult(new JobSummary(Checked: 1, Processed: 1, Errors: 0));
    }
}

/// <summary>Has a schedule that does not fire while anybody measures.</summary>
[Job("tick_yearly", Category = "bench", Schedule = "59 23 31 12 *")]
internal sealed class YearlyTick : IJobHandler
{
    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) =>
        Task.FromResult(new JobSummary(Checked: 0, Processed: 0, Errors: 0));
}

[Job("tick_01", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick01(LagRecorder recorder) : Tick(recorder);

[Job("tick_02", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick02(LagRecorder recorder) : Tick(recorder);

[Job("tick_03", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick03(LagRecorder recorder) : Tick(recorder);

[Job("tick_04", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick04(LagRecorder recorder) : Tick(recorder);

[Job("tick_05", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick05(LagRecorder recorder) : Tick(recorder);

[Job("tick_06", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick06(LagRecorder recorder) : Tick(recorder);

[Job("tick_07", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick07(LagRecorder recorder) : Tick(recorder);

[Job("tick_08", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick08(LagRecorder recorder) : Tick(recorder);

[Job("tick_09", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick09(LagRecorder recorder) : Tick(recorder);

[Job("tick_10", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick10(LagRecorder recorder) : Tick(recorder);

[Job("tick_11", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick11(LagRecorder recorder) : Tick(recorder);

[Job("tick_12", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick12(LagRecorder recorder) : Tick(recorder);

[Job("tick_13", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick13(LagRecorder recorder) : Tick(recorder);

[Job("tick_14", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick14(LagRecorder recorder) : Tick(recorder);

[Job("tick_15", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick15(LagRecorder recorder) : Tick(recorder);

[Job("tick_16", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick16(LagRecorder recorder) : Tick(recorder);

[Job("tick_17", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick17(LagRecorder recorder) : Tick(recorder);

[Job("tick_18", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick18(LagRecorder recorder) : Tick(recorder);

[Job("tick_19", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick19(LagRecorder recorder) : Tick(recorder);

[Job("tick_20", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick20(LagRecorder recorder) : Tick(recorder);

[Job("tick_21", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick21(LagRecorder recorder) : Tick(recorder);

[Job("tick_22", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick22(LagRecorder recorder) : Tick(recorder);

[Job("tick_23", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick23(LagRecorder recorder) : Tick(recorder);

[Job("tick_24", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick24(LagRecorder recorder) : Tick(recorder);

[Job("tick_25", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick25(LagRecorder recorder) : Tick(recorder);

[Job("tick_26", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick26(LagRecorder recorder) : Tick(recorder);

[Job("tick_27", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick27(LagRecorder recorder) : Tick(recorder);

[Job("tick_28", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick28(LagRecorder recorder) : Tick(recorder);

[Job("tick_29", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick29(LagRecorder recorder) : Tick(recorder);

[Job("tick_30", Category = "bench", Schedule = Tick.EverySecond)]
internal sealed class Tick30(LagRecorder recorder) : Tick(recorder);
