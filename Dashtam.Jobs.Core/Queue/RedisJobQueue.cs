using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>The queue in Redis, workers' side: each method is one script of <c>Queue/Scripts</c>.</summary>
internal sealed class RedisJobQueue(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, BareResults bareResults) : IJobQueue
{
    /// <summary>Due jobs moved by one fetch at most: the script stays short when a million are due.</summary>
    private const int DueMovedAtOnce = 1_000;

    /// <summary>A year. What is due later may be due in the year 50,000,000, by a unit mixed up.</summary>
    private const long LongestNextDueMs = 31_536_000_000;

    /// <summary>Jobs are read ahead until there are so many bytes: the reply stays short, and the worker small.</summary>
    private const int BytesAhead = 256 * 1_024;

    /// <summary>
    /// No more jobs are handed out to free slots after so many bytes: Redis is not held up by large ones, and the reply stays short.
    /// </summary>
    private const int BytesForSlots = 4 * 1_024 * 1_024;

    /// <summary>How long a worker that lets its jobs end keeps others from doing so; it asks again well within that.</summary>
    private static readonly TimeSpan AloneClaim = TimeSpan.FromSeconds(5);

    private readonly RedisScript _fetch = RedisScript.Load("fetch.lua");
    private readonly FinishGroup _finishes = new(new FinishScript(connections, keys, options, bareResults).RunAsync);
    private readonly RedisScript _retry = RedisScript.Load("retry.lua");
    private readonly RedisScript _deadLetter = RedisScript.Load("dead_letter.lua");
    private readonly RedisScript _park = RedisScript.Load("park.lua");
    private readonly RedisScript _giveBack = RedisScript.Load("give_back.lua");
    private readonly RedisScript _handBack = RedisScript.Load("hand_back.lua");
    private readonly RedisScript _countRecycled = RedisScript.Load("count_recycled.lua");

    private readonly ConcurrentDictionary<(string Job, string Outcome), RedisValue> _counters = new();

    private QueueOptions Options => options.Value;

    public async Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken)
    {
        RedisKey[] touched =
        [
            keys.Ready, keys.Processing(worker), keys.Delayed, keys.Workers,
            keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.Stats,
            keys.Isolated, keys.Alone, keys.Suspects,
        ];
        RedisValue[] arguments =
        [
            worker, wanted.Slots, DueMovedAtOnce, Options.MaxEnvelopeBytes,
            Rejections.TooLarge(Options.MaxEnvelopeBytes).ToInfo(), Options.DeadMaxEntries, Options.DeadMaxBytes,
            wanted.MayRunAlone ? (long)AloneClaim.TotalMilliseconds : 0, wanted.Ahead, BytesAhead, BytesForSlots,
            wanted.MostBytes, Delivery.AloneFrom,
        ];
        return ToBatch(await _fetch.RunAsync(connections.Queue, touched, arguments, cancellationToken), worker);
    }

    public Task<Settlement> FinishAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        EndAsync(delivery, taskId, Counter(jobName, "succeeded"), result, cancellationToken);

    public Task<Settlement> EndReplacedAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken) =>
        EndAsync(delivery, taskId, Counter(jobName, "replaced"), result, cancellationToken);

    public Task<Settlement> RetryAsync(
        Delivery delivery, string jobName, byte[] nextEnvelope, TimeSpan delay, CancellationToken cancellationToken) =>
        SettleAsync(
            _retry,
            [.. Leaving(delivery), keys.Delayed, keys.Sequence],
            [
                delivery.Worker, delivery.Envelope, $"{jobName}:retried", nextEnvelope,
                (long)delay.TotalMilliseconds, keys.WakeChannel, delivery.KeepsCount,
            ],
            cancellationToken);

    public Task<Settlement> DeadLetterAsync(Delivery delivery, DeadLetter letter, CancellationToken cancellationToken)
    {
        var bare = letter is { Result: { } json, TaskId: { } id }
            ? bareResults.Plan(id, json, delivery.HasLabelTypes || letter.HasLabelTypes)
            : null;
        return bareResults.SettleAsync(bare, together => DeadLetterAsync(delivery, letter, together, cancellationToken));
    }

    public Task<Settlement> ParkAsync(Delivery delivery, CancellationToken cancellationToken) =>
        SettleAsync(
            _park,
            [.. Leaving(delivery), keys.Parked, keys.Sequence, keys.ParkedBytes],
            [delivery.Worker, delivery.Envelope, "unknown:put_aside", Options.ParkedMax, Options.ParkedMaxBytes],
            cancellationToken);

    public Task<Settlement> GiveBackAsync(Delivery delivery, CancellationToken cancellationToken) =>
        SettleAsync(
            _giveBack,
            [keys.Processing(delivery.Worker), keys.Workers, keys.Suspects, keys.Ready, keys.Isolated],
            [delivery.Worker, delivery.Envelope, delivery.KeepsCount, Delivery.AloneFrom],
            cancellationToken);

    public Task<Settlement> HandBackAsync(string worker, IReadOnlyList<byte[]> envelopes, CancellationToken cancellationToken) =>
        SettleAsync(
            _handBack,
            [keys.Processing(worker), keys.Workers, keys.Ready],
            [worker, .. envelopes],
            cancellationToken);

    public async Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken) =>
        (int)await _countRecycled.RunAsync(
            connections.Queue,
            [keys.Suspects],
            [Delivery.AloneFrom, .. jobs.SelectMany(job => new RedisValue[] { job.NextHash, job.Alone })],
            cancellationToken);

    public async Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken) =>
        ReadMoves(await connections.Queue.HashGetAsync(keys.Suspects, EnvelopeHash.Of(envelope)).WaitAsync(cancellationToken));

    public async Task<IReadOnlyList<byte[]>> ListProcessingAsync(string worker, CancellationToken cancellationToken)
    {
        var values = await connections.Queue.ListRangeAsync(keys.Processing(worker)).WaitAsync(cancellationToken);
        return Array.ConvertAll(values, value => (byte[])value!);
    }

    // A count that is no number is taken for a suspect's, which runs alone.
    private static int ReadMoves(RedisValue count) =>
        count.IsNull ? 0 : count.TryParse(out int moves) && moves >= 0 ? moves : Delivery.AloneFrom;

    private static FetchedBatch ToBatch(RedisResult reply, string worker)
    {
        var code = (FetchCode)(int)reply[0];
        var nextDue = (long)reply[1] is >= 0 and var milliseconds
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestNextDueMs))
            : (TimeSpan?)null;
        var tooLarge = (int)reply[2];
        if (code == FetchCode.RunAlone)
        {
            return new FetchedBatch(code, [new Delivery((byte[])reply[3]!, worker, ReadMoves((RedisValue)reply[4]))], nextDue, tooLarge);
        }

        const int before = 3;
        var deliveries = new Delivery[reply.Length - before];
        for (var i = 0; i < deliveries.Length; i++)
        {
            deliveries[i] = new Delivery((byte[])reply[i + before]!, worker);
        }

        return new FetchedBatch(code, deliveries, nextDue, tooLarge);
    }

    private Task<Settlement> DeadLetterAsync(
        Delivery delivery, DeadLetter letter, BareWrite? bare, CancellationToken cancellationToken)
    {
        RedisKey[] resultKeys = letter is { Result: not null, TaskId: { } taskId }
            ? keys.ResultKeys(taskId, bare?.Key, delivery.WatchedBy)
            : [];
        return SettleAsync(
            _deadLetter,
            [.. Leaving(delivery), keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, .. resultKeys],
            [
                delivery.Worker, delivery.Envelope, letter.Counter, letter.ToInfo(), Options.DeadMaxEntries, Options.DeadMaxBytes,
                letter.Result ?? [], Options.ResultTtlSeconds, letter.TaskId ?? "", bare?.Argument ?? [],
            ],
            cancellationToken);
    }

    // The token ends repeats, not a script that is under way with other jobs.
    private Task<Settlement> EndAsync(
        Delivery delivery, string taskId, RedisValue counter, byte[] result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bare = bareResults.Plan(taskId, result, delivery.HasLabelTypes);
        var touched = keys.ResultKeys(taskId, bare is { Together: true } ? bare.Key : default(RedisKey?), delivery.WatchedBy);
        return _finishes.FinishAsync(new FinishedJob(delivery, touched, counter, result, taskId) { Bare = bare });
    }

    /// <summary>A counter's name; the same few again and again.</summary>
    private RedisValue Counter(string jobName, string outcome) =>
        _counters.GetOrAdd((jobName, outcome), static name => $"{name.Job}:{name.Outcome}");

    private async Task<Settlement> SettleAsync(
        RedisScript script, RedisKey[] touched, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (Settlement)(int)await script.RunAsync(connections.Queue, touched, arguments, cancellationToken);

    private RedisKey[] Leaving(Delivery delivery) =>
        [keys.Processing(delivery.Worker), keys.Workers, keys.Suspects, keys.Stats];
}
