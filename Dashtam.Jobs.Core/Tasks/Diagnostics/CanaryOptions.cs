using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Diagnostics;

/// <summary>What <c>run_canary</c> may do to its worker.</summary>
internal sealed class CanaryOptions
{
    /// <summary>Whether <c>run_canary</c> may ignore its cancellation, and fail more than ten attempts.</summary>
    [Setting("JOBS_CANARY_HARMFUL", Default = "false; true in Development")]
    public bool? Harmful { get; set; }
}
