using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>The ledger of one queue's schedules, in Redis.</summary>
internal sealed class ScheduleLedger(IRedisConnections connections, QueueKeys keys, FireDurability durability)
{
    /// <summary>
    /// How long a run is remembered for its schedule's overlap policy: one that was lost, with Redis' data or by hand, must not
    /// keep its schedule from firing for ever. A job may not run for longer either.
    /// </summary>
    internal static readonly TimeSpan RunRemembered = TimeSpan.FromDays(1);

    /// <summary>A fire that is later than this counts as caught up.</summary>
    internal static readonly TimeSpan InTime = TimeSpan.FromSeconds(10);

    private const string UnreadableSign = "?";

    private readonly RedisScript _register = RedisScript.Load("register_schedule.lua");
    private readonly RedisScript _fire = RedisScript.Load("fire.lua");

    /// <inheritdoc cref="IScheduleLedger.RegisterAsync"/>
    public async Task<ScheduleState> RegisterAsync(
        JobSchedule schedule, ScheduleState? remembered, CancellationToken cancellationToken)
    {
        // Only what the caller saw as the current version's says anything about it.
        var floor = remembered is { Current: true } seen ? seen.LastFired.ToUnixTimeSeconds() : 0;
        var paused = remembered is { Current: true, PausedSince: { } since } ? since.ToUnixTimeMilliseconds() : 0;
        var reply = await _register.RunAsync(
            connections.Queue,
            [keys.Schedules, keys.Fired, keys.PausedSchedules, keys.SchedulesAlive],
            [
                schedule.Id, schedule.Version, remembered is null ? 1 : 0, floor, paused,
                remembered?.AgreedClock?.ToUnixTimeMilliseconds() ?? 0,
                remembered?.SilentHolder is null ? 0 : 1, remembered?.SilentHolder ?? "",
            ],
            cancellationToken);
        return Read(reply, remembered);
    }

    private static ScheduleState Read(RedisResult reply, ScheduleState? remembered)
    {
        var (code, since) = ((int)reply[0], (long)reply[3]);
        var now = DateTimeOffset.FromUnixTimeSeconds((long)reply[2]);
        DateTimeOffset? pausedSince = since switch
        {
            0 => null,
            < 0 => remembered?.PausedSince ?? now,
            _ => DateTimeOffset.FromUnixTimeMilliseconds(since),
        };
        return new ScheduleState(code != 0, DateTimeOffset.FromUnixTimeSeconds((long)reply[1]), now, pausedSince)
        {
            UnreadableFired = code == 2 ? (string?)reply[4] : null,
            UnreadablePause = since < 0 ? (string?)reply[5] : null,
            StoredVersion = (string?)reply[6] is { Length: > 0 } stored ? stored : null,
            HolderSign = (string?)reply[7] is var sign and not UnreadableSign ? sign : null,
            TakenOver = code == 4,
        };
    }

    /// <inheritdoc cref="IScheduleLedger.FireAsync"/>
    public async Task<FireReply> FireAsync(JobSchedule schedule, FireBatch batch, CancellationToken cancellationToken)
    {
        List<RedisValue> arguments =
        [
            schedule.Id, schedule.Version, batch.After.ToUnixTimeSeconds(), batch.UpTo.ToUnixTimeSeconds(), batch.PassedOver,
            ScheduleLabels.Name(schedule.Overlap), (long)RunRemembered.TotalSeconds, (long)InTime.TotalMilliseconds,
        ];
        foreach (var (instant, envelope) in batch.Fires)
        {
            arguments.AddRange([instant.ToUnixTimeSeconds(), envelope.TaskId, envelope.ToUtf8()]);
        }

        RedisKey[] touched =
        [
            keys.Ready, keys.Fired, keys.Schedules, keys.PausedSchedules, keys.ScheduleStats,
            schedule.Overlap == OverlapPolicy.Replace ? keys.NewestRun(schedule.Id) : keys.LastRun(schedule.Id),
        ];
        var reply = await durability.RunAsync(
            schedule.Id,
            connections.Queue,
            database => _fire.RunAsync(database, touched, [.. arguments], cancellationToken),
            cancellationToken);
        return new FireReply(
            (FireCode)(int)reply[0],
            TimeSpan.FromMilliseconds((long)reply[1]),
            DateTimeOffset.FromUnixTimeSeconds((long)reply[2]),
            (int)reply[3],
            (int)reply[4]);
    }

    /// <inheritdoc cref="IScheduleLedger.FindAsync"/>
    public async Task<IReadOnlyDictionary<string, TimeSpan?>> FindAsync(
        IReadOnlyCollection<string> scheduleIds, CancellationToken cancellationToken)
    {
        // Two hashes as a whole, for the user of Redis has no right to HMGET; each has a field for each schedule.
        var versions = await connections.Queue.HashGetAllAsync(keys.Schedules).WaitAsync(cancellationToken);
        var signs = (await connections.Queue.HashGetAllAsync(keys.SchedulesAlive).WaitAsync(cancellationToken)).ToDictionary();
        var now = await GetTimeAsync(cancellationToken);
        return versions.Select(version => (string)version.Name!).Intersect(scheduleIds, StringComparer.Ordinal).ToDictionary(
            id => id, id => now - ScheduleMark.Read(signs.GetValueOrDefault(id), perSecond: 1_000), StringComparer.Ordinal);
    }

    /// <summary>The clock of the queue's Redis.</summary>
    public async Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        var reply = await connections.Queue.ExecuteAsync("TIME").WaitAsync(cancellationToken);
        return DateTimeOffset.FromUnixTimeSeconds((long)reply[0]).AddMicroseconds((long)reply[1]);
    }
}
