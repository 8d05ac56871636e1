using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary><c>finish.lua</c>: settles jobs of one worker that ended.</summary>
internal sealed class FinishScript(IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options)
{
    private readonly RedisScript _finish = RedisScript.Load("finish.lua");

    /// <returns>How each was settled, in their order.</returns>
    public async Task<Settlement[]> RunAsync(IReadOnlyList<FinishedJob> together)
    {
        var worker = together[0].Delivery.Worker;
        var touched = new List<RedisKey>(4 + (together.Count * 2))
        {
            keys.Processing(worker), keys.Workers, keys.Suspects, keys.Stats,
        };
        var arguments = new List<RedisValue>(2 + (together.Count * 5)) { worker, options.Value.ResultTtlSeconds };
        foreach (var job in together)
        {
            touched.AddRange(job.Keys);
            arguments.AddRange([job.Keys.Length, job.Delivery.Envelope, job.Counter, job.Result, job.TaskId]);
        }

        // No token: what has been sent is settled, and a caller that gives up takes the others with it.
        var reply = await _finish.RunAsync(connections.Queue, [.. touched], [.. arguments], CancellationToken.None);
        return Array.ConvertAll((int[])reply!, answer => (Settlement)answer);
    }
}
