namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>Which queues the settings name, and for whom.</summary>
/// <param name="OfWorkers">Those that workers serve.</param>
/// <param name="OfSchedulers">Those that schedulers fire into.</param>
/// <param name="All">Every queue that the settings name. Producers, operators and <c>fsck</c> may use each of them.</param>
internal sealed record AclQueues(
    IReadOnlyCollection<string> OfWorkers, IReadOnlyCollection<string> OfSchedulers, IReadOnlyCollection<string> All);

/// <summary>The users of one server, each with its rights on every queue there.</summary>
internal static class AclServer
{
    /// <param name="settings">What is the same for all queues.</param>
    /// <param name="queues">The queues that the settings name.</param>
    /// <param name="isThere">Says of a queue whether it is on the server.</param>
    public static IEnumerable<AclUser> Users(AclSettings settings, AclQueues queues, Predicate<string> isThere) => queues.All
        .Where(queue => isThere(queue))
        .SelectMany(queue => new AclUsers(settings with { Queue = settings.Queue.Named(queue) }).OnQueue.Index()
            .Where(user => user.Item.Name switch
            {
                "worker" => queues.OfWorkers.Contains(queue, StringComparer.Ordinal),
                "scheduler" => queues.OfSchedulers.Contains(queue, StringComparer.Ordinal),
                _ => true,
            }))
        .GroupBy(user => user.Index, user => user.Item)
        .OrderBy(users => users.Key)
        .Select(users => users.Aggregate((one, other) => one.And(other)));
}
