using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Schedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>The entries in Redis. A text is never read beyond the size at which an entry counts as one that cannot be read.</summary>
internal sealed class PythonScheduleStore(
    IRedisConnections connections, QueueKeys keys, ScheduleSource source, FireDurability durability) : IPythonScheduleStore
{
    /// <summary>The largest entry, in bytes.</summary>
    internal const int LargestEntry = 1024 * 1024;

    /// <summary>How many odd entries are named a day, at most.</summary>
    internal const int NamedAtMost = 1_000;

    private const double LatestMs = 253_402_300_799_000; // the year 9999; what is stored may be no instant of ours

    private static readonly TimeSpan NamedFor = TimeSpan.FromDays(1);

    private readonly RedisScript _index = RedisScript.Load("index_python_schedule.lua");
    private readonly RedisScript _fire = RedisScript.Load("fire_python_schedule.lua");
    private readonly RedisScript _forget = RedisScript.Load("forget_python_schedule.lua");
    private readonly RedisScript _name = RedisScript.Load("name_python_schedule.lua");

    private IDatabase Database => connections.Queue;

    public async Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        var reply = await Database.ExecuteAsync("TIME").WaitAsync(cancellationToken);
        return DateTimeOffset.FromUnixTimeSeconds((long)reply[0]).AddMicroseconds((long)reply[1]);
    }

    public async Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        var first = await Database.SortedSetRangeByRankWithScoresAsync(keys.PythonDue, 0, 0).WaitAsync(cancellationToken);
        return first is [{ Score: var due }] ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(due, 0, LatestMs)) : null;
    }

    public async Task<IReadOnlyList<string>> DueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var due = await Database
            .SortedSetRangeByScoreAsync(keys.PythonDue, stop: now.ToUnixTimeMilliseconds(), take: most)
            .WaitAsync(cancellationToken);
        return Array.ConvertAll(due, name => name.ToString());
    }

    public async Task<IReadOnlyList<string?>> StatesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var states = await Database.HashGetAsync(keys.PythonEntries, [.. names]).WaitAsync(cancellationToken);
        return Array.ConvertAll(states, state => (string?)state);
    }

    public async Task<IReadOnlyList<StoredEntry>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var reading = Task.WhenAll(names.Select(EntryAsync).Concat(names.Select(TwinAsync)));
        var asking = StatesAsync(names, cancellationToken);
        await Task.WhenAll(reading, asking).WaitAsync(cancellationToken); // both: no failure is left unobserved
        var (texts, states) = (await reading, await asking);
        return [.. names.Select((name, i) => new StoredEntry(name, texts[i], states[i], texts[names.Count + i]))];
    }

    public async Task<bool> FitsAsync(string name, EntryMark mark, CancellationToken cancellationToken)
    {
        var end = mark.Length - EntryMark.EndLength;
        var reading = Task.WhenAll(
            TextAsync(name, 0, EntryMark.EndLength - 1), TextAsync(name, end, mark.Length)); // one byte more: it may have grown
        return await reading.WaitAsync(cancellationToken) is [{ } head, { } tail] && mark.Fits(head, tail);
    }

    public async Task<bool> IndexAsync(
        StoredEntry entry, EntryState state, DateTimeOffset due, CancellationToken cancellationToken) =>
        (int)await _index.RunAsync(
            Database,
            [source.Entry(entry.Name), keys.PythonEntries, keys.PythonDue],
            [entry.Name, entry.Bytes, entry.State ?? "", state.ToString(), due.ToUnixTimeMilliseconds()],
            cancellationToken) == 1;

    public async Task<PythonFireCode> FireAsync(PythonFire fire, CancellationToken cancellationToken)
    {
        var (name, schedule) = (fire.Entry.Name, fire.Message.Labels.Text(ScheduleLabels.Id) ?? "");
        RedisKey[] touched =
        [
            keys.Ready, source.Entry(name), keys.PythonEntries, keys.PythonDue, keys.PythonStats, source.Minute(fire.Instant),
            source.Entry(ScheduleSource.Twin(name) ?? name), keys.PythonFires,
        ];
        RedisValue[] arguments =
        [
            name, fire.Entry.Bytes, fire.Entry.State ?? "", fire.After?.ToString() ?? "", fire.Next.ToUnixTimeMilliseconds(),
            Ceiling(fire.Instant), ScheduleSource.ListedId(name) ?? "",
            fire.RemovesTwin ? fire.Entry.Twin : RedisValue.EmptyString, fire.Message.ToUtf8(),
            schedule, FireId.IsOurs(fire.Message.TaskId, schedule),
        ];
        var reply = await durability.RunAsync(
            name, Database, database => _fire.RunAsync(database, touched, arguments, cancellationToken), cancellationToken);
        return (PythonFireCode)(int)reply[0];
    }

    public async Task<bool> ForgetAsync(StoredEntry entry, CancellationToken cancellationToken) =>
        (int)await _forget.RunAsync(
            Database,
            [source.Entry(entry.Name), keys.PythonEntries, keys.PythonDue],
            [entry.Name, entry.Bytes ?? RedisValue.EmptyString, LargestEntry],
            cancellationToken) == 1;

    public async Task<bool> NameAsync(StoredEntry entry, OddEntry odd, CancellationToken cancellationToken) =>
        (int)await _name.RunAsync(
            Database,
            [keys.PythonOdd, keys.PythonStats],
            [
                entry.Name, $"{odd}|{EntryDigest.Of(entry.Bytes)}", odd == OddEntry.Unreadable ? "unreadable" : "not_ours",
                NamedAtMost, (long)NamedFor.TotalSeconds,
            ],
            cancellationToken) == 1;

    /// <summary>In whole milliseconds, never before the instant.</summary>
    private static long Ceiling(DateTimeOffset instant) => instant.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();

    // No text and an empty one look alike; the empty one is an entry that cannot be read.
    private async Task<byte[]?> EntryAsync(string name) =>
        await TextAsync(name) ?? (await Database.KeyTypeAsync(source.Entry(name)) == RedisType.String ? [] : null);

    private Task<byte[]?> TwinAsync(string name) =>
        ScheduleSource.Twin(name) is { } twin ? TextAsync(twin) : Task.FromResult<byte[]?>(null);

    private async Task<byte[]?> TextAsync(string name, int from = 0, int to = LargestEntry)
    {
        try
        {
            return (byte[]?)await Database.StringGetRangeAsync(source.Entry(name), from, to) is { Length: > 0 } text
                ? text
                : null;
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.WrongType)
        {
            return null; // no entry of TaskIQ's
        }
    }
}
