using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Execution.Timeouts;

/// <summary>How long a cancelled handler may take to return.</summary>
internal sealed class TimeoutOptions
{
    /// <summary>How long a cancelled handler may take to return.</summary>
    [Setting("WORKER_CANCEL_GRACE_SECONDS"), Display(Name = "WORKER_CANCEL_GRACE_SECONDS"), Range(0.01, 300)]
    public double GraceSeconds { get; set; } = 5;

    public TimeSpan Grace => TimeSpan.FromSeconds(GraceSeconds);
}
