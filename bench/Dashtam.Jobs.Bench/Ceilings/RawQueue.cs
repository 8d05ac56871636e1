using System.Text;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Bench.Ceilings;

/// <summary>
/// The least that a queue must do that keeps what a worker holds and a result for each job: into the processing list,
/// out of it again by <c>LREM</c>, and a result with a lifetime. No lease, no fence, no retry, no counter.
/// </summary>
internal sealed class RawQueue
{
    // Takes up to ARGV[1] jobs out of KEYS[1] into KEYS[2], the oldest deepest.
    private const string FetchMany = """
        local jobs = redis.call('RPOP', KEYS[1], ARGV[1])
        if not jobs then return {} end
        redis.call('LPUSH', KEYS[2], unpack(jobs))
        return jobs
        """;

    // KEYS[1] processing list, KEYS[2…] results; ARGV[1] result, ARGV[2] its lifetime, ARGV[3…] envelopes.
    private const string FinishMany = """
        for i = 2, #KEYS do
          if redis.call('LREM', KEYS[1], -1, ARGV[i + 1]) == 1 then
            redis.call('SET', KEYS[i], ARGV[1], 'EX', ARGV[2])
          end
        end
        """;

    private static readonly byte[] TaskId = "\"task_id\": \""u8.ToArray();
    private static readonly byte[] Number = "\"n\": "u8.ToArray();
    private static readonly byte[] Result =
        JobResult.Success(new JobSummary(Checked: 1, Processed: 1, Errors: 0), TimeSpan.Zero, JobLabels.Empty).ToUtf8();

    private readonly IDatabase _redis;
    private readonly QueueOptions _options;
    private readonly QueueKeys _keys;
    private readonly RedisKey _processing;

    /// <param name="redis">The server.</param>
    /// <param name="name">The queue's; null: the default queue.</param>
    public RawQueue(IDatabase redis, string? name = null)
    {
        _redis = redis;
        _options = name is null ? new QueueOptions() : new QueueOptions { Name = name };
        _keys = new QueueKeys(Options.Create(_options));
        _processing = _keys.Processing("raw");
    }

    /// <summary>One script for many jobs.</summary>
    public async Task<RedisValue[]> FetchByScriptAsync(int most) =>
        (RedisValue[]?)await _redis.ScriptEvaluateAsync(FetchMany, [_keys.Ready, _processing], [most]) ?? [];

    /// <summary>One command for each job, all sent before the first reply.</summary>
    public async Task<RedisValue[]> FetchPipelinedAsync(int most)
    {
        var moves = Enumerable.Range(0, most)
            .Select(_ => _redis.ListMoveAsync(_keys.Ready, _processing, ListSide.Right, ListSide.Left))
            .ToArray();
        return Array.FindAll(await Task.WhenAll(moves), job => !job.IsNull);
    }

    /// <summary>One script for many jobs.</summary>
    public Task FinishByScriptAsync(RedisValue[] jobs)
    {
        var keys = new RedisKey[jobs.Length + 1];
        var values = new RedisValue[jobs.Length + 2];
        keys[0] = _processing;
        values[0] = Result;
        values[1] = _options.ResultTtlSeconds;
        for (var i = 0; i < jobs.Length; i++)
        {
            keys[i + 1] = ResultKey(jobs[i]);
            values[i + 2] = jobs[i];
        }

        return _redis.ScriptEvaluateAsync(FinishMany, keys, values);
    }

    /// <summary>One script for each job, all sent before the first reply.</summary>
    public Task FinishPipelinedAsync(RedisValue[] jobs) =>
        Task.WhenAll(jobs.Select(job => FinishByScriptAsync([job])));

    /// <summary>Pushes one job.</summary>
    public Task PushAsync(RedisValue job) => _redis.ListLeftPushAsync(_keys.Ready, job);

    /// <summary>Pushes many with one command.</summary>
    public Task PushAsync(RedisValue[] jobs) => _redis.ListLeftPushAsync(_keys.Ready, jobs);

    /// <summary>The job's number, found without parsing: we know what wrote it.</summary>
    public static long NumberOf(RedisValue job)
    {
        ReadOnlySpan<byte> envelope = (byte[])job!; // fetched: never null
        var digits = envelope[(envelope.IndexOf(Number) + Number.Length)..];
        var number = 0L;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                break;
            }

            number = (number * 10) + digit - '0';
        }

        return number;
    }

    private RedisKey ResultKey(RedisValue job)
    {
        ReadOnlySpan<byte> envelope = (byte[])job!; // fetched: never null
        var id = envelope[(envelope.IndexOf(TaskId) + TaskId.Length)..];
        return _keys.Result(Encoding.ASCII.GetString(id[..id.IndexOf((byte)'"')]));
    }
}
