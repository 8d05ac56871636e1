using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;

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

/// <summary>Which instants of which schedule have fired: any number of schedulers ask, one gets through.</summary>
public interface IScheduleLedger
{
    /// <summary>Says that a schedule exists; a new or a changed one starts at Redis' now.</summary>
    /// <returns>The last fired instant and Redis' now.</returns>
    Task<(DateTimeOffset LastFired, DateTimeOffset Now)> RegisterAsync(
        JobSchedule schedule, CancellationToken cancellationToken);

    /// <summary>Enqueues the job for one cron instant. May be called again after an error: an instant fires once.</summary>
    Task<FireReply> FireAsync(
        JobSchedule schedule, DateTimeOffset instant, JobEnvelope envelope, CancellationToken cancellationToken);
}

/// <summary>The ledger in Redis.</summary>
internal sealed class ScheduleLedger(IRedisConnections connections, QueueKeys keys) : IScheduleLedger
{
    private readonly RedisScript _register = RedisScript.Load("register_schedule.lua");
    private readonly RedisScript _fire = RedisScript.Load("fire.lua");

    public async Task<(DateTimeOffset LastFired, DateTimeOffset Now)> RegisterAsync(
        JobSchedule schedule, CancellationToken cancellationToken)
    {
        var reply = await _register.RunAsync(
            connections.Queue, [keys.Schedules, keys.Fired], [schedule.Id, schedule.Version], cancellationToken);
        return (DateTimeOffset.FromUnixTimeSeconds((long)reply[0]), DateTimeOffset.FromUnixTimeSeconds((long)reply[1]));
    }

    public async Task<FireReply> FireAsync(
        JobSchedule schedule, DateTimeOffset instant, JobEnvelope envelope, CancellationToken cancellationToken)
    {
        var reply = await _fire.RunAsync(
            connections.Queue,
            [keys.Ready, keys.Fired, keys.Schedules],
            [schedule.Id, schedule.Version, instant.ToUnixTimeSeconds(), envelope.ToUtf8()],
            cancellationToken);
        return new FireReply((FireCode)(int)reply[0], TimeSpan.FromMilliseconds((long)reply[1]));
    }
}
