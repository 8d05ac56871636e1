using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>The lease in Redis, over a blocking connection of its own.</summary>
internal sealed class RedisLease(IRedisConnections connections, QueueKeys keys, IOptions<LeaseOptions> options) : ILease
{
    private const int LongestTaskId = 200;

    private readonly RedisScript _heartbeat = RedisScript.Load("heartbeat.lua");
    private BlockingRedis? _connection;

    public Heartbeat Renew(string worker, HeartbeatReport report)
    {
        if (_connection is not null)
        {
            try
            {
                return Beat(worker, report);
            }
            catch (RedisConnectionException error) when (BlockingRedis.WasClosed(error))
            {
                // A server, or a balancer before it, that closes idle connections closes this one between any two heartbeats.
                // That is no outage: the heartbeat is repeated at once, and may have reached Redis twice.
            }
        }

        return Beat(worker, report);
    }

    public void Dispose() => _connection?.Dispose();

    private Heartbeat Beat(string worker, HeartbeatReport report)
    {
        try
        {
            _connection ??= connections.OpenBlocking(keys.Workers, options.Value.HeartbeatInterval);
            return Read(_heartbeat.Run(_connection, Keys(worker), Arguments(worker, report)));
        }
        catch
        {
            // Also after a refusal: a server that is a replica by now is looked up anew.
            _connection?.Dispose();
            _connection = null;
            throw;
        }
    }

    private RedisKey[] Keys(string worker) =>
        [keys.Workers, keys.Worker(worker), keys.Processing(worker), keys.Parked, keys.Stats];

    private string[] Arguments(string worker, HeartbeatReport report)
    {
        var taskId = report.Oldest?.TaskId ?? "";
        return
        [
            worker, Text(options.Value.AboutSeconds), Text(report.Running),
            taskId.Length <= LongestTaskId ? taskId : taskId[..LongestTaskId],
            Text((long)(report.Oldest?.Age.TotalMilliseconds ?? 0)), Text((long)(report.Oldest?.Limit.TotalMilliseconds ?? 0)),
            .. report.About.SelectMany(pair => new[] { pair.Key, pair.Value }),
        ];
    }

    private static Heartbeat Read(object? reply) =>
        reply is object?[] and [long alive, long held, long parked, long dropped, long sinceLast, long now]
        ? new Heartbeat(
            alive == 1, held, parked, dropped, TimeSpan.FromMilliseconds(sinceLast), DateTimeOffset.FromUnixTimeMilliseconds(now))
        : throw new RedisConnectionException(
            ConnectionFailureType.ProtocolFailure, CommandFlags.None, "heartbeat.lua was answered with something else",
            innerException: null, CommandStatus.Sent);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
