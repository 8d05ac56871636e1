using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>When a process counts as deadlocked.</summary>
internal sealed class WatchdogOptions
{
    /// <summary>
    /// After this long without anything going on inside, a process counts as deadlocked and ends with exit code 75, to be started
    /// again; handlers that block or compute, a stopped process and an outage of Redis do not count.
    /// </summary>
    [Setting("JOBS_WATCHDOG_SECONDS", ReadBy = SettingReaders.Both), Display(Name = "JOBS_WATCHDOG_SECONDS"), Range(5, 3_600)]
    public int Seconds { get; set; } = 120;
}
