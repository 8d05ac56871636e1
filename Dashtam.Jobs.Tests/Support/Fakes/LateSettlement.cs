using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>
/// What a queue answers to a settlement of a job that its worker does not hold. The queue model says so too, and that is checked
/// against Redis.
/// </summary>
internal static class LateSettlement
{
    /// <param name="isRegistered">Whether the worker still has its lease: then it has settled the job before.</param>
    public static Settlement Of(bool isRegistered) => isRegistered ? Settlement.AlreadyDone : Settlement.Fenced;
}
