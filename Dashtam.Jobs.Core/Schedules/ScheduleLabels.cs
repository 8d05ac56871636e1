using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>What a fire writes into its envelope's labels, so that a worker needs no list of schedules.</summary>
internal static class ScheduleLabels
{
    /// <summary>Which schedule fired.</summary>
    public const string Id = "schedule_id";

    private const string Overlap = "schedule_overlap";

    // Names the key to check. An earlier release wrote "replace"; such runs are not checked.
    private const string OnlyNewest = "only_newest";

    /// <summary>The labels of one fire. With <see cref="OverlapPolicy.Queue"/> nothing is said, and nothing needs to be kept.</summary>
    public static JobLabels Of(JobSchedule schedule)
    {
        var labels = JobLabels.Empty.With(Id, schedule.Id);
        return schedule.Overlap == OverlapPolicy.Queue ? labels : labels.With(Overlap, schedule.Overlap == OverlapPolicy.Replace ? OnlyNewest : Name(schedule.Overlap));
    }

    /// <summary>The schedule that fires again only when this run has ended; null: none waits for it.</summary>
    public static string? ScheduleThatWatches(JobLabels labels) =>
        labels.Text(Overlap) == Name(OverlapPolicy.Skip) ? labels.Text(Id) : null;

    /// <summary>The schedule whose next fire takes the place of this run; null: none does.</summary>
    public static string? ScheduleThatReplaces(JobLabels labels) =>
        labels.Text(Overlap) == OnlyNewest ? labels.Text(Id) : null;

    /// <summary>A policy's name in scripts.</summary>
    public static string Name(OverlapPolicy policy) => policy switch
    {
        OverlapPolicy.Skip => "skip",
        OverlapPolicy.Replace => "replace",
        _ => "queue",
    };
}
