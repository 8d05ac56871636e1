using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>The queue in Redis, workers' side: each method is one script of <c>Queue/Scripts</c>.</summary>
internal sealed class RedisJobQueue(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options) : IJobQueue
{
    /// <summary>Due jobs moved by one fetch at most: the script stays short when a million are due.</summary>
    private const int DueMovedAtOnce = 1_000;

    private readonly RedisScript _fetch = RedisScript.Load("fetch.lua");
    private readonly RedisScript _finish = RedisScript.Load("finish.lua");
    private readonly RedisScript _retry = RedisScript.Load("retry.lua");
    private readonly RedisScript _deadLetter = RedisScript.Load("dead_letter.lua");
    private readonly RedisScript _park = RedisScript.Load("park.lua");
    private readonly RedisScript _giveBack = RedisScript.Load("give_back.lua");

    private QueueOptions Options => options.Value;

    public async Task<FetchedBatch> FetchAsync(string worker, int wanted, CancellationToken cancellationToken)
    {
        RedisKey[] touched =
        [
            keys.Ready, keys.Processing(worker), keys.Delayed, keys.Workers,
            keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.Stats,
        ];
        RedisValue[] arguments =
        [
            worker, wanted, DueMovedAtOnce, Options.MaxEnvelopeBytes,
            TooLarge(Options.MaxEnvelopeBytes), Options.DeadMaxEntries, Options.DeadMaxBytes,
        ];
        var reply = await _fetch.RunAsync(connections.Queue, touched, arguments, cancellationToken);

        var deliveries = new Delivery[reply.Length - 2];
        for (var i = 0; i < deliveries.Length; i++)
        {
            deliveries[i] = new Delivery((byte[])reply[i + 2]!, worker);
        }

        var nextDue = (long)reply[1];
        return new FetchedBatch((int)reply[0] == 1, deliveries, nextDue < 0 ? null : TimeSpan.FromMilliseconds(nextDue));
    }

    public Task<Settlement> FinishAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        SettleAsync(
            _finish,
            [.. Leaving(delivery), .. ResultKeys(delivery, taskId)],
            [delivery.Worker, delivery.Envelope, $"{jobName}:succeeded", result, Options.ResultTtlSeconds, taskId],
            cancellationToken);

    public Task<Settlement> EndReplacedAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        SettleAsync(
            _finish,
            [.. Leaving(delivery), .. ResultKeys(delivery, taskId)],
            [delivery.Worker, delivery.Envelope, $"{jobName}:replaced", result, Options.ResultTtlSeconds, taskId],
            cancellationToken);

    public Task<Settlement> RetryAsync(
        Delivery delivery, string jobName, byte[] nextEnvelope, TimeSpan delay, CancellationToken cancellationToken) =>
        SettleAsync(
            _retry,
            [.. Leaving(delivery), keys.Delayed, keys.Sequence],
            [
                delivery.Worker, delivery.Envelope, $"{jobName}:retried", nextEnvelope,
                (long)delay.TotalMilliseconds, keys.WakeChannel,
            ],
            cancellationToken);

    public Task<Settlement> DeadLetterAsync(Delivery delivery, DeadLetter letter, CancellationToken cancellationToken)
    {
        RedisKey[] resultKeys = letter is { Result: not null, TaskId: { } taskId } ? ResultKeys(delivery, taskId) : [];
        return SettleAsync(
            _deadLetter,
            [.. Leaving(delivery), keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, .. resultKeys],
            [
                delivery.Worker, delivery.Envelope, $"{letter.JobName ?? "unknown"}:dead_lettered", letter.ToInfo(),
                Options.DeadMaxEntries, Options.DeadMaxBytes, letter.Result ?? [], Options.ResultTtlSeconds, letter.TaskId ?? "",
            ],
            cancellationToken);
    }

    public Task<Settlement> ParkAsync(Delivery delivery, CancellationToken cancellationToken) =>
        SettleAsync(
            _park,
            [.. Leaving(delivery), keys.Parked, keys.Sequence],
            [delivery.Worker, delivery.Envelope, "unknown:put_aside", Options.ParkedMax],
            cancellationToken);

    public Task<Settlement> GiveBackAsync(Delivery delivery, CancellationToken cancellationToken) =>
        SettleAsync(
            _giveBack,
            [keys.Processing(delivery.Worker), keys.Workers, keys.Suspects, keys.Ready],
            [delivery.Worker, delivery.Envelope],
            cancellationToken);

    public async Task<IReadOnlyList<byte[]>> ListProcessingAsync(string worker, CancellationToken cancellationToken)
    {
        var values = await connections.Queue.ListRangeAsync(keys.Processing(worker)).WaitAsync(cancellationToken);
        return Array.ConvertAll(values, value => (byte[])value!);
    }

    /// <summary>What a dead letter says that a script made without showing it to us.</summary>
    internal static byte[] TooLarge(int limit) => new DeadLetter(
        DeadLetterReason.TooLarge,
        $"The envelope is larger than {limit} bytes (JOBS_MAX_ENVELOPE_BYTES)",
        JobName: null, TaskId: null, Attempts: 0, Result: null).ToInfo();

    private async Task<Settlement> SettleAsync(
        RedisScript script, RedisKey[] touched, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (Settlement)(int)await script.RunAsync(connections.Queue, touched, arguments, cancellationToken);

    private RedisKey[] Leaving(Delivery delivery) =>
        [keys.Processing(delivery.Worker), keys.Workers, keys.Suspects, keys.Stats];

    private RedisKey[] ResultKeys(Delivery delivery, string taskId)
    {
        var result = keys.Result(taskId);
        var bare = Options.BareKey == BareResultKey.Json ? keys.BareResult(taskId) : null;
        return delivery.WatchedBy is { } schedule ? [result, bare ?? result, keys.LastRun(schedule)]
            : bare is { } also ? [result, also]
            : [result];
    }
}
