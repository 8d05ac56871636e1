namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>Why a run is cancelled.</summary>
internal enum CancelReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Its timeout has passed.</summary>
    Timeout,

    /// <summary>The worker stops.</summary>
    Drain,

    /// <summary>The worker was recovered: the job is another worker's.</summary>
    Fenced,

    /// <summary>Its schedule fired again, and the overlap policy is to replace.</summary>
    Replaced,
}
