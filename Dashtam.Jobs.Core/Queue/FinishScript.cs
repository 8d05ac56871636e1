using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary><c>finish.lua</c>: settles jobs of one worker that ended.</summary>
internal sealed class FinishScript(IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options)
{
    private const int CommonKeys = 4;
    private const int CommonArguments = 2;
    private const int ArgumentsOfJob = 5;

    private readonly RedisScript _finish = RedisScript.Load("finish.lua");

    /// <returns>How each was settled, in their order.</returns>
    public async Task<Settlement[]> RunAsync(IReadOnlyList<FinishedJob> together)
    {
        var (touched, arguments) = Parameters(together);

        // No token: what has been sent is settled, and a caller that gives up takes the others with it.
        var reply = await _finish.RunAsync(connections.Queue, touched, arguments, CancellationToken.None);
        var answers = new Settlement[together.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = (Settlement)(int)reply[i];
        }

        return answers;
    }

    private (RedisKey[] Keys, RedisValue[] Arguments) Parameters(IReadOnlyList<FinishedJob> together)
    {
        var worker = together[0].Delivery.Worker;
        var touched = new RedisKey[CommonKeys + together.Sum(job => job.Keys.Length)];
        var arguments = new RedisValue[CommonArguments + (together.Count * ArgumentsOfJob)];
        (touched[0], touched[1], touched[2], touched[3]) = (keys.Processing(worker), keys.Workers, keys.Suspects, keys.Stats);
        (arguments[0], arguments[1]) = (worker, options.Value.ResultTtlSeconds);
        var (key, argument) = (CommonKeys, CommonArguments);
        foreach (var job in together)
        {
            job.Keys.CopyTo(touched, key);
            key += job.Keys.Length;
            arguments[argument++] = job.Keys.Length;
            arguments[argument++] = job.Delivery.Envelope;
            arguments[argument++] = job.Counter;
            arguments[argument++] = job.Result;
            arguments[argument++] = job.TaskId;
        }

        return (touched, arguments);
    }
}
