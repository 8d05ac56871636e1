using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leaving;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Each exit as one call.</summary>
internal static class ExitCalls
{
    public static Task<Settlement> FinishAsync(
        this IJobExits exits, Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        exits.LeaveAsync(delivery, new Exit.Finished(taskId, jobName, result), cancellationToken);

    public static Task<Settlement> EndReplacedAsync(
        this IJobExits exits, Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        exits.LeaveAsync(delivery, new Exit.Replaced(taskId, jobName, result), cancellationToken);

    public static Task<Settlement> RetryAsync(
        this IJobExits exits, Delivery delivery, string jobName, byte[] nextEnvelope, TimeSpan delay, CancellationToken cancellationToken, bool hangs = false) =>
        exits.LeaveAsync(delivery, new Exit.Retried(jobName, nextEnvelope, delay, hangs), cancellationToken);

    public static Task<Settlement> DeadLetterAsync(this IJobExits exits, Delivery delivery, DeadLetter letter, CancellationToken cancellationToken) =>
        exits.LeaveAsync(delivery, new Exit.Dead(letter), cancellationToken);

    public static Task<Settlement> ParkAsync(this IJobExits exits, Delivery delivery, CancellationToken cancellationToken) =>
        exits.LeaveAsync(delivery, new Exit.Parked(), cancellationToken);

    public static Task<Settlement> GiveBackAsync(
        this IJobExits exits, Delivery delivery, CancellationToken cancellationToken, bool hangs = false) =>
        exits.LeaveAsync(delivery, new Exit.GivenBack(hangs), cancellationToken);
}
