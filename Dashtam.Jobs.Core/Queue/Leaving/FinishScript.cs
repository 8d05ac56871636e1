using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Bare;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary><c>finish.lua</c>: settles jobs of one worker that ended.</summary>
internal sealed class FinishScript(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, BareResults bareResults)
{
    private const int CommonKeys = 4;
    private const int CommonArguments = 3;
    private const int ArgumentsOfSection = 3;
    private const int KeysWithBare = 2;
    private const int KeysWithRun = 3;

    private readonly RedisScript _finish = RedisScript.Load("finish.lua");

    /// <returns>How each was settled, in their order.</returns>
    public async Task<Settlement[]> RunAsync(IReadOnlyList<FinishedJob> together)
    {
        try
        {
            return await EndAsync(together, await SendAsync(together));
        }
        catch (RedisServerException error) when (BareResults.RefusesKeys(error) && together.Any(job => job.Bare is { Together: true }))
        {
            // One key that the user may not touch refuses the whole script, before it runs: each bare key goes by itself then.
            var apart = together.Select(Apart).ToList();
            return await EndAsync(apart, await SendAsync(apart));
        }
    }

    private async Task<Settlement[]> SendAsync(IReadOnlyList<FinishedJob> together)
    {
        var (touched, arguments) = Parameters(together);

        // No token: what has been sent is settled, and a caller that gives up takes the others with it.
        var reply = (byte[])(await _finish.RunAsync(connections.Queue, touched, arguments, CancellationToken.None))!;
        var answers = new Settlement[together.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = (Settlement)(reply[i] - '0');
        }

        return answers;
    }

    private async Task<Settlement[]> EndAsync(IReadOnlyList<FinishedJob> together, Settlement[] answers)
    {
        List<Task>? left = null;
        for (var i = 0; i < answers.Length; i++)
        {
            if (together[i].Bare is { } bare)
            {
                (left ??= []).Add(EndAsync(bare, answers, i));
            }
        }

        if (left is not null)
        {
            await Task.WhenAll(left);
        }

        return answers;
    }

    private async Task EndAsync(BareWrite bare, Settlement[] answers, int i) =>
        answers[i] = await bareResults.EndAsync(bare, bare.Together, answers[i]);

    private FinishedJob Apart(FinishedJob job) => job.Bare is null ? job : job with
    {
        Keys = keys.ResultKeys(job.TaskId, bare: null, job.Delivery.WatchedBy),
        Bare = job.Bare with { Together = false },
    };

    private (RedisKey[] Keys, RedisValue[] Arguments) Parameters(IReadOnlyList<FinishedJob> together)
    {
        var worker = together[0].Delivery.Worker;
        var touched = new List<RedisKey>(CommonKeys + together.Count)
        {
            keys.Processing(worker), keys.Workers, keys.Suspects, keys.Stats,
        };
        var arguments = new List<RedisValue>(CommonArguments + ArgumentsOfSection + (2 * together.Count))
        {
            worker, options.Value.ResultTtlSeconds, ExitTable.Row(ExitKind.Finished), // that of Replaced is the same
        };
        for (var start = 0; start < together.Count;)
        {
            var end = EndOfSection(together, start);
            arguments.AddRange([together[start].Keys.Length, together[start].Counter, end - start]);
            for (; start < end; start++)
            {
                Add(together[start], touched, arguments);
            }
        }

        return ([.. touched], [.. arguments]);
    }

    /// <summary>Jobs that follow one another and are alike: what they share is sent once.</summary>
    private static int EndOfSection(IReadOnlyList<FinishedJob> together, int start)
    {
        var (first, end) = (together[start], start + 1);
        while (end < together.Count && together[end].Keys.Length == first.Keys.Length && together[end].Counter == first.Counter)
        {
            end++;
        }

        return end;
    }

    private static void Add(FinishedJob job, List<RedisKey> touched, List<RedisValue> arguments)
    {
        touched.AddRange(job.Keys);
        arguments.Add(job.Delivery.Envelope);
        arguments.Add(job.Result);
        if (job.Keys.Length >= KeysWithBare)
        {
            arguments.Add(job.Bare is { Together: true } bare ? bare.Argument : []);
        }

        if (job.Keys.Length == KeysWithRun)
        {
            arguments.Add(job.TaskId);
        }
    }
}
