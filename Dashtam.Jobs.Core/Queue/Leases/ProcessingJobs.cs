using Dashtam.Jobs.Core.Infrastructure.Redis;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>The processing lists and the counts of suspects in Redis.</summary>
internal sealed class ProcessingJobs(IRedisConnections connections, QueueKeys keys) : IProcessingJobs
{
    private readonly RedisScript _countRecycled = RedisScript.Load("count_recycled.lua");

    public async Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken) =>
        (int)await _countRecycled.RunAsync(
            connections.Queue,
            [keys.Suspects],
            [Delivery.AloneFrom, .. jobs.SelectMany(job => new RedisValue[] { job.NextHash, job.Alone })],
            cancellationToken);

    public async Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken) =>
        ReadMoves(await connections.Queue.HashGetAsync(keys.Suspects, EnvelopeHash.Of(envelope)).WaitAsync(cancellationToken));

    public async Task<IReadOnlyList<byte[]>> ListAsync(string worker, CancellationToken cancellationToken)
    {
        var values = await connections.Queue.ListRangeAsync(keys.Processing(worker)).WaitAsync(cancellationToken);
        return Array.ConvertAll(values, value => (byte[])value!);
    }

    /// <summary>A count of moves as Redis has it. A count that is no number is taken for a suspect's, which runs alone.</summary>
    public static int ReadMoves(RedisValue count) =>
        count.IsNull ? 0 : count.TryParse(out int moves) && moves >= 0 ? moves : Delivery.AloneFrom;
}
