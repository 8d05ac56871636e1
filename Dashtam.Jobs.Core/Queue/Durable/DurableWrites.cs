using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>A queue's writes that return when they are durable; they share the waits of all queues on their server.</summary>
internal sealed class DurableWrites(DurableServer server, QueueKeys keys)
{
    /// <inheritdoc cref="DurableServer.RunAsync"/>
    public Task<DurableReply<T>> RunAsync<T>(
        Durability durability, Func<IDatabase, Task<T>> write, CancellationToken cancellationToken) =>
        server.RunAsync(keys, durability, write, cancellationToken);
}
