using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>How a fire ended. The numbers are the script's.</summary>
public enum FireCode
{
    /// <summary>The instant is more than a second in Redis' future: this machine's clock is ahead.</summary>
    TooEarly = -2,

    /// <summary>Redis knows another version of the schedule: another scheduler has registered it since.</summary>
    OtherVersion = -1,

    /// <summary>This instant, or a later one, has fired.</summary>
    AlreadyFired = 0,

    /// <summary>The job is in the queue.</summary>
    Enqueued = 1,
}

/// <summary>A fire's end, and how long it came too early.</summary>
public readonly record struct FireReply(FireCode Code, TimeSpan Early);

/// <summary>What Redis knows of a schedule.</summary>
/// <param name="Current">Whether the caller's version is the stored one; only that one fires.</param>
/// <param name="LastFired">The last instant that fired, or when the schedule was new or changed.</param>
/// <param name="Now">Redis' clock, in whole seconds.</param>
public readonly record struct ScheduleState(bool Current, DateTimeOffset LastFired, DateTimeOffset Now);

/// <summary>Which instants of which schedule have fired: any number of schedulers ask, one gets through.</summary>
public interface IScheduleLedger
{
    /// <summary>Says that a schedule exists; a new or a changed one starts at Redis' now.</summary>
    /// <param name="schedule">In the version that the caller knows.</param>
    /// <param name="replace">
    /// True at the caller's start: another version is replaced. False later: then two schedulers of different versions, in a
    /// rolling deployment, do not replace each other's for ever.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<ScheduleState> RegisterAsync(JobSchedule schedule, bool replace, CancellationToken cancellationToken);

    /// <summary>Enqueues the job for one cron instant. May be called again after an error: an instant fires once.</summary>
    Task<FireReply> FireAsync(
        JobSchedule schedule, DateTimeOffset instant, JobEnvelope envelope, CancellationToken cancellationToken);
}

/// <summary>The ledger in Redis.</summary>
internal sealed class ScheduleLedger(IRedisConnections connections, QueueKeys keys, FireDurability durability) : IScheduleLedger
{
    private readonly RedisScript _register = RedisScript.Load("register_schedule.lua");
    private readonly RedisScript _fire = RedisScript.Load("fire.lua");

    public async Task<ScheduleState> RegisterAsync(
        JobSchedule schedule, bool replace, CancellationToken cancellationToken)
    {
        var reply = await _register.RunAsync(
            connections.Queue,
            [keys.Schedules, keys.Fired],
            [schedule.Id, schedule.Version, replace ? 1 : 0],
            cancellationToken);
        return new ScheduleState(
            (int)reply[0] == 1,
            DateTimeOffset.FromUnixTimeSeconds((long)reply[1]),
            DateTimeOffset.FromUnixTimeSeconds((long)reply[2]));
    }

    public async Task<FireReply> FireAsync(
        JobSchedule schedule, DateTimeOffset instant, JobEnvelope envelope, CancellationToken cancellationToken)
    {
        RedisKey[] touched = [keys.Ready, keys.Fired, keys.Schedules];
        RedisValue[] arguments = [schedule.Id, schedule.Version, instant.ToUnixTimeSeconds(), envelope.ToUtf8()];
        var reply = await durability.RunAsync(
            schedule.Id,
            connections.Queue,
            database => _fire.RunAsync(database, touched, arguments, cancellationToken),
            cancellationToken);
        return new FireReply((FireCode)(int)reply[0], TimeSpan.FromMilliseconds((long)reply[1]));
    }
}
