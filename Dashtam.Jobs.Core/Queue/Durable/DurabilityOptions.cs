using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>How long is waited for a durable write, and which writes of the scheduler are durable.</summary>
internal sealed class DurabilityOptions
{
    /// <summary>How long Redis may take to fsync or replicate a durable write before it counts as not reached.</summary>
    /// <remarks>With <c>appendfsync everysec</c> up to a second is ordinary. At most 10 s: the wait blocks its connection.</remarks>
    [Setting("JOBS_DURABILITY_WAIT_MS", ReadBy = SettingReaders.Scheduler | SettingReaders.Producers)]
    [Display(Name = "JOBS_DURABILITY_WAIT_MS"), Range(10, 10_000)]
    public int WaitMs { get; set; } = 2_000;

    /// <summary>How durable a fire is: see <see href="docs/architecture/durability.md">durability</see>.</summary>
    [Setting("JOBS_SCHEDULE_DURABILITY", ReadBy = SettingReaders.Scheduler,
        Allowed = "MEMORY, FSYNCED or REPLICATED:n with n from 1 to 99")]
    [Display(Name = "JOBS_SCHEDULE_DURABILITY")]
    [RegularExpression("(?i)MEMORY|FSYNCED|REPLICATED:[1-9][0-9]?")]
    public string Schedules { get; set; } = "MEMORY";

    /// <summary><see cref="WaitMs"/> as a duration.</summary>
    public TimeSpan Wait => TimeSpan.FromMilliseconds(WaitMs);

    /// <summary><see cref="Schedules"/>, read.</summary>
    public Durability OfSchedules => Durability.TryParse(Schedules, out var durability) ? durability : Durability.Memory;
}
