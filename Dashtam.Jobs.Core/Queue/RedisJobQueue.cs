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

    /// <summary>How long a worker that lets its jobs end keeps others from doing so; it asks again well within that.</summary>
    private static readonly TimeSpan AloneClaim = TimeSpan.FromSeconds(5);

    private readonly RedisScript _fetch = RedisScript.Load("fetch.lua");
    private readonly FinishGroup _finishes = new(new FinishScript(connections, keys, options).RunAsync);
    private readonly RedisScript _retry = RedisScript.Load("retry.lua");
    private readonly RedisScript _deadLetter = RedisScript.Load("dead_letter.lua");
    private readonly RedisScript _park = RedisScript.Load("park.lua");
    private readonly RedisScript _giveBack = RedisScript.Load("give_back.lua");

    private QueueOptions Options => options.Value;

    public async Task<FetchedBatch> FetchAsync(
        string worker, int wanted, bool mayRunAlone, CancellationToken cancellationToken)
    {
        RedisKey[] touched =
        [
            keys.Ready, keys.Processing(worker), keys.Delayed, keys.Workers,
            keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.Stats,
            keys.Isolated, keys.Alone, keys.Suspects,
        ];
        RedisValue[] arguments =
        [
            worker, wanted, DueMovedAtOnce, Options.MaxEnvelopeBytes,
            Rejections.TooLarge(Options.MaxEnvelopeBytes).ToInfo(), Options.DeadMaxEntries, Options.DeadMaxBytes,
            mayRunAlone ? (long)AloneClaim.TotalMilliseconds : 0,
        ];
        return ToBatch(await _fetch.RunAsync(connections.Queue, touched, arguments, cancellationToken), worker);
    }

    public Task<Settlement> FinishAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        EndAsync(delivery, taskId, $"{jobName}:succeeded", result).WaitAsync(cancellationToken);

    public Task<Settlement> EndReplacedAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        EndAsync(delivery, taskId, $"{jobName}:replaced", result).WaitAsync(cancellationToken);

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
                delivery.Worker, delivery.Envelope, letter.Counter, letter.ToInfo(),
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

    public async Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken) =>
        (int)await connections.Queue.HashGetAsync(keys.Suspects, EnvelopeHash.Of(envelope)).WaitAsync(cancellationToken);

    public async Task<IReadOnlyList<byte[]>> ListProcessingAsync(string worker, CancellationToken cancellationToken)
    {
        var values = await connections.Queue.ListRangeAsync(keys.Processing(worker)).WaitAsync(cancellationToken);
        return Array.ConvertAll(values, value => (byte[])value!);
    }

    private static FetchedBatch ToBatch(RedisResult reply, string worker)
    {
        var code = (FetchCode)(int)reply[0];
        var nextDue = (long)reply[1] is >= 0 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        if (code == FetchCode.RunAlone)
        {
            return new FetchedBatch(code, [new Delivery((byte[])reply[2]!, worker, (int)reply[3])], nextDue);
        }

        var deliveries = new Delivery[reply.Length - 2];
        for (var i = 0; i < deliveries.Length; i++)
        {
            deliveries[i] = new Delivery((byte[])reply[i + 2]!, worker);
        }

        return new FetchedBatch(code, deliveries, nextDue);
    }

    private Task<Settlement> EndAsync(Delivery delivery, string taskId, string counter, byte[] result) =>
        _finishes.FinishAsync(new FinishedJob(delivery, ResultKeys(delivery, taskId), counter, result, taskId));

    private async Task<Settlement> SettleAsync(
        RedisScript script, RedisKey[] touched, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (Settlement)(int)await script.RunAsync(connections.Queue, touched, arguments, cancellationToken);

    private RedisKey[] Leaving(Delivery delivery) =>
        [keys.Processing(delivery.Worker), keys.Workers, keys.Suspects, keys.Stats];

    private RedisKey[] ResultKeys(Delivery delivery, string taskId) => keys.ResultKeys(taskId, delivery.WatchedBy);
}
