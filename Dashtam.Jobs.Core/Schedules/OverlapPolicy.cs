namespace Dashtam.Jobs.Core.Schedules;

/// <summary>What a fire does while the job of the schedule's last fire has not ended: it waits, runs, or is to be retried.</summary>
public enum OverlapPolicy
{
    /// <summary>It joins the queue; two of them may run at once.</summary>
    Queue,

    /// <summary>It enqueues nothing, and is counted.</summary>
    Skip,

    /// <summary>It takes the other's place: that one is cancelled when it runs, and does not run when it waits.</summary>
    Replace,
}
