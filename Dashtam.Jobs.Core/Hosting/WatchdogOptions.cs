using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>When a process counts as deadlocked.</summary>
internal sealed class WatchdogOptions
{
    /// <summary>
    /// For how long nothing may go on; default 120 s, for a name server that does not answer can hold a connection for a minute.
    /// 5 to 3600.
    /// </summary>
    [Setting("JOBS_WATCHDOG_SECONDS"), Display(Name = "JOBS_WATCHDOG_SECONDS"), Range(5, 3_600)]
    public int Seconds { get; set; } = 120;
}
