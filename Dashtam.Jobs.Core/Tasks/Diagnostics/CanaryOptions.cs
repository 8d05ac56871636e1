using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Diagnostics;

/// <summary>What <c>run_canary</c> may do to its worker.</summary>
internal sealed class CanaryOptions
{
    /// <summary>
    /// Whether <c>ignore_cancellation</c> and more than ten <c>fail_attempts</c> are allowed, with which anybody who may enqueue
    /// can keep workers busy with being started again. Default no, in Development yes.
    /// </summary>
    [Setting("JOBS_CANARY_HARMFUL")]
    public bool? Harmful { get; set; }
}
