using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Tasks.Diagnostics;

namespace Dashtam.Jobs.Faults.Load;

/// <summary>
/// The suite's own schedule, of which everything that was missed is caught up: whatever breaks, each of its instants fires once.
/// Its limit is longer than any outage.
/// </summary>
[Job(EveryInstant.Name, Category = "diagnostics", Schedule = EveryInstant.Cron, CatchUp = MisfirePolicy.All, CatchUpLimit = 1_000)]
internal sealed class EveryInstant : IJobHandler
{
    /// <summary>Workers run what they know under this name.</summary>
    public const string Name = "run_canary";

    /// <summary>Every fault meets an instant.</summary>
    public const string Cron = "* * * * * ?";

    /// <summary>The jobs that a scheduler knows then.</summary>
    public static IEnumerable<Type> WithTheOthers() =>
        [typeof(EveryInstant), .. typeof(RunCanary).Assembly.GetTypes().Where(type => type != typeof(RunCanary))];

    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only schedulers know this class.");
}
