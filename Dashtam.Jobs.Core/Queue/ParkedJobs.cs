using Dashtam.Jobs.Core.Infrastructure.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>Jobs of names that no worker here knew, until one does.</summary>
internal interface IParkedJobs
{
    /// <summary>Parked members <c>{seq}|{envelope}</c>, oldest first.</summary>
    Task<IReadOnlyList<byte[]>> ListAsync(int skip, int take, CancellationToken cancellationToken);

    /// <summary>Makes one ready again; false when somebody else did.</summary>
    Task<bool> UnparkAsync(byte[] member, CancellationToken cancellationToken);
}

/// <summary>The parking place in Redis.</summary>
internal sealed class ParkedJobs(IRedisConnections connections, QueueKeys keys) : IParkedJobs
{
    private readonly RedisScript _unpark = RedisScript.Load("unpark.lua");

    public async Task<IReadOnlyList<byte[]>> ListAsync(int skip, int take, CancellationToken cancellationToken)
    {
        var members = await connections.Queue.SortedSetRangeByRankAsync(keys.Parked, skip, skip + take - 1)
            .WaitAsync(cancellationToken);
        return Array.ConvertAll(members, member => (byte[])member!);
    }

    public async Task<bool> UnparkAsync(byte[] member, CancellationToken cancellationToken) =>
        (int)await _unpark.RunAsync(connections.Queue, [keys.Parked, keys.Ready], [member], cancellationToken) == 1;
}
