using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Bare;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leaving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Parked;

/// <summary>Jobs of names that no worker here knew, until one does.</summary>
internal interface IParkedJobs
{
    /// <summary>Parked members <c>{seq}|{envelope}</c> and since when in ms, oldest first.</summary>
    /// <param name="since">Only those that were parked at this time, in ms, or later.</param>
    /// <param name="skip">How many of those to leave out.</param>
    /// <param name="take">How many to return at most.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<IReadOnlyList<(byte[] Member, double Since)>> ListAsync(
        double since, int skip, int take, CancellationToken cancellationToken);

    /// <summary>Makes one ready again; false when somebody else did.</summary>
    Task<bool> UnparkAsync(byte[] member, CancellationToken cancellationToken);

    /// <summary>Ends one as a dead letter when it has been parked for <c>JOBS_PARK_SECONDS</c>; false: it has not.</summary>
    Task<bool> ExpireAsync(byte[] member, DeadLetter letter, CancellationToken cancellationToken);
}

/// <summary>The parking place in Redis.</summary>
internal sealed partial class ParkedJobs(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, BareResults bareResults,
    ILogger<ParkedJobs> logger) : IParkedJobs
{
    private readonly RedisScript _unpark = RedisScript.Load("unpark.lua");
    private readonly RedisScript _expire = RedisScript.Load("expire_parked.lua");

    public async Task<IReadOnlyList<(byte[] Member, double Since)>> ListAsync(
        double since, int skip, int take, CancellationToken cancellationToken)
    {
        var members = await connections.Queue
            .SortedSetRangeByScoreWithScoresAsync(keys.Parked, start: since, skip: skip, take: take)
            .WaitAsync(cancellationToken);
        return Array.ConvertAll(members, member => ((byte[])member.Element!, member.Score));
    }

    public async Task<bool> UnparkAsync(byte[] member, CancellationToken cancellationToken) =>
        (int)await _unpark.RunAsync(
            connections.Queue, [keys.Parked, keys.Ready, keys.ParkedBytes], [member], cancellationToken) == 1;

    public async Task<bool> ExpireAsync(byte[] member, DeadLetter letter, CancellationToken cancellationToken)
    {
        var bare = letter is { Result: { } json, TaskId: { } taskId }
            ? bareResults.Plan(taskId, json, letter.HasLabelTypes)
            : null;
        var settlement = await bareResults.SettleAsync(bare, together => ExpireAsync(member, letter, together, cancellationToken));
        if (settlement == Settlement.DoneWithoutResult)
        {
            LogResultRefused(letter.ShortTaskId);
        }

        return settlement is Settlement.Done or Settlement.DoneWithoutResult;
    }

    private async Task<Settlement> ExpireAsync(
        byte[] member, DeadLetter letter, BareWrite? bare, CancellationToken cancellationToken)
    {
        RedisKey[] touched =
        [
            keys.Parked, keys.Stats, keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.ParkedBytes,
            .. letter.TaskId is { } taskId ? keys.ResultKeys(taskId, bare?.Key, letter.WatchedBy) : [],
        ];
        RedisValue[] arguments =
        [
            member, options.Value.ParkSeconds * 1_000L, letter.Counter, letter.ToInfo(),
            options.Value.DeadMaxEntries, options.Value.DeadMaxBytes, letter.Result ?? [], options.Value.ResultTtlSeconds,
            letter.TaskId ?? "", bare?.Argument ?? [], ExitTable.Row(ExitKind.ExpiredWhileParked),
        ];
        return (Settlement)(int)await _expire.RunAsync(connections.Queue, touched, arguments, cancellationToken);
    }

    [LoggerMessage(EventName = "parked_result_refused", Level = LogLevel.Error,
        Message = "A parked job ({TaskId}) became a dead letter, but its error result is not stored: the result's key "
            + "holds a list, hash or other structure, which stays. Check the key with TYPE")]
    private partial void LogResultRefused(string? taskId);
}
