using System.Collections.Concurrent;
using System.Diagnostics;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Bare;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary>The exits in Redis: each is one script of <c>Queue/Scripts</c>.</summary>
internal sealed class RedisJobExits(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, BareResults bareResults) : IJobExits
{
    private readonly FinishGroup _finishes = new(new FinishScript(connections, keys, options, bareResults).RunAsync);
    private readonly RedisScript _retry = RedisScript.Load("retry.lua");
    private readonly RedisScript _deadLetter = RedisScript.Load("dead_letter.lua");
    private readonly RedisScript _park = RedisScript.Load("park.lua");
    private readonly RedisScript _giveBack = RedisScript.Load("give_back.lua");
    private readonly RedisScript _handBack = RedisScript.Load("hand_back.lua");

    private readonly ConcurrentDictionary<(string Job, string Outcome), RedisValue> _counters = new();

    private QueueOptions Options => options.Value;

    public Task<Settlement> LeaveAsync(Delivery delivery, Exit exit, CancellationToken cancellationToken) => exit switch
    {
        Exit.Finished finished => EndAsync(
            delivery, finished.TaskId, Counter(finished.JobName, "succeeded"), finished.Result, cancellationToken),
        Exit.Replaced replaced => EndAsync(
            delivery, replaced.TaskId, Counter(replaced.JobName, "replaced"), replaced.Result, cancellationToken),
        Exit.Retried retried => RetryAsync(delivery, retried, cancellationToken),
        Exit.Dead dead => DeadLetterAsync(delivery, dead.Letter, cancellationToken),
        Exit.Parked => ParkAsync(delivery, cancellationToken),
        Exit.GivenBack given => GiveBackAsync(delivery, given, cancellationToken),
        _ => throw new UnreachableException($"No script takes a job out as '{exit.GetType().Name}'."),
    };

    public Task<Settlement> HandBackAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken) =>
        SettleAsync(
            _handBack,
            [keys.Processing(deliveries[0].Worker), keys.Workers, keys.Ready],
            [deliveries[0].Worker, .. deliveries.Select(delivery => delivery.Envelope)],
            cancellationToken);

    private Task<Settlement> RetryAsync(Delivery delivery, Exit.Retried retried, CancellationToken cancellationToken) =>
        SettleAsync(
            _retry,
            [.. Leaving(delivery), keys.Delayed, keys.Sequence],
            [
                delivery.Worker, delivery.Envelope, $"{retried.JobName}:retried", retried.NextEnvelope,
                (long)retried.Delay.TotalMilliseconds, keys.WakeChannel, ExitTable.Row(retried.Kind),
            ],
            cancellationToken);

    private Task<Settlement> DeadLetterAsync(Delivery delivery, DeadLetter letter, CancellationToken cancellationToken)
    {
        var bare = letter is { Result: { } json, TaskId: { } id }
            ? bareResults.Plan(id, json, delivery.HasLabelTypes || letter.HasLabelTypes)
            : null;
        return bareResults.SettleAsync(bare, together => DeadLetterAsync(delivery, letter, together, cancellationToken));
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
                letter.Result ?? [], Options.ResultTtlSeconds, letter.TaskId ?? "", bare?.Argument ?? [], ExitTable.Row(ExitKind.Dead),
            ],
            cancellationToken);
    }

    private Task<Settlement> ParkAsync(Delivery delivery, CancellationToken cancellationToken) =>
        SettleAsync(
            _park,
            [.. Leaving(delivery), keys.Parked, keys.Sequence, keys.ParkedBytes],
            [delivery.Worker, delivery.Envelope, "unknown:put_aside", Options.ParkedMax, Options.ParkedMaxBytes, ExitTable.Row(ExitKind.Parked)],
            cancellationToken);

    private Task<Settlement> GiveBackAsync(Delivery delivery, Exit.GivenBack given, CancellationToken cancellationToken) =>
        SettleAsync(
            _giveBack,
            [keys.Processing(delivery.Worker), keys.Workers, keys.Suspects, keys.Ready, keys.Isolated],
            [delivery.Worker, delivery.Envelope, ExitTable.Row(given.Kind), Delivery.AloneFrom],
            cancellationToken);

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
