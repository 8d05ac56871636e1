using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>What mends: each method is one script, which looks once more before it writes. False: it was so no more.</summary>
internal sealed class FsckRepairs(IDatabase database, QueueKeys keys, QueueOptions options)
{
    private readonly RedisScript _bury = RedisScript.Load("fsck_bury.lua");
    private readonly RedisScript _dropCount = RedisScript.Load("fsck_drop_count.lua");
    private readonly RedisScript _dropDeadNumber = RedisScript.Load("fsck_drop_dead_number.lua");
    private readonly RedisScript _indexDeadEntry = RedisScript.Load("fsck_index_dead_entry.lua");
    private readonly RedisScript _correctBytes = RedisScript.Load("fsck_correct_bytes.lua");
    private readonly RedisScript _mendMark = RedisScript.Load("fsck_mend_mark.lua");
    private readonly RedisScript _raiseSequence = RedisScript.Load("fsck_raise_seq.lua");

    /// <summary>Moves a member of a sorted set to the dead letters.</summary>
    public Task<bool> BuryAsync(RedisKey place, RedisValue member, byte[] envelope, string problem)
    {
        var letter = Rejections.Malformed(envelope, problem);
        var results = letter.TaskId is { } id ? (RedisKey[])[keys.Result(id)] : [];
        return RunAsync(
            _bury,
            [place, keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.Stats, .. results],
            [
                member, envelope, letter.ToInfo(), options.DeadMaxEntries, options.DeadMaxBytes,
                letter.Result ?? [], options.ResultTtlSeconds,
            ]);
    }

    public Task<bool> DropCountAsync(RedisValue hash, RedisValue count) =>
        RunAsync(_dropCount, [keys.Suspects], [hash, count]);

    public Task<bool> DropDeadNumberAsync(RedisValue number) =>
        RunAsync(_dropDeadNumber, [keys.Dead, keys.DeadEntries], [number]);

    public Task<bool> IndexDeadEntryAsync(RedisValue number) =>
        RunAsync(_indexDeadEntry, [keys.Dead, keys.DeadEntries], [number]);

    /// <summary>Sets a counter of bytes right.</summary>
    public Task<bool> CorrectBytesAsync(RedisKey index, RedisKey counter, CountedState seen, long bytes) =>
        RunAsync(_correctBytes, [index, counter], [seen.Bytes, seen.Count, seen.Newest, bytes]);

    public Task<bool> RaiseSequenceAsync(long number) => RunAsync(_raiseSequence, [keys.Sequence], [number]);

    public Task<bool> MendMarkAsync(RedisKey marks, HashEntry mark, long perSecond, bool ahead) =>
        RunAsync(_mendMark, [marks, keys.Skewed], [mark.Name, mark.Value, perSecond, ahead ? 1 : 0]);

    private async Task<bool> RunAsync(RedisScript script, RedisKey[] touched, RedisValue[] arguments) =>
        (int)await script.RunAsync(database, touched, arguments, CancellationToken.None) == 1;
}

/// <summary>What tells whether dead letters, or parked jobs, have come or gone.</summary>
/// <param name="Bytes">Their counter, as it stands in Redis; <c>0</c> when there is none.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">The newest one's member; empty: there is none.</param>
internal readonly record struct CountedState(RedisValue Bytes, long Count, RedisValue Newest);
