using System.Threading.Channels;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// The server's notifications of entries of the legacy source, where it has them on. They are never switched on here: whether they
/// come is seen when they come, and what is not heard is found by <see cref="KeyspaceFinder"/>.
/// </summary>
internal sealed partial class KeyspaceEvents(
    IRedisConnections connections, ScheduleSource source, ILogger<KeyspaceEvents> logger)
{
    private const int HeldAtMost = 10_000;

    private readonly Channel<string> _names = Channel.CreateBounded<string>(
        new BoundedChannelOptions(HeldAtMost) { FullMode = BoundedChannelFullMode.DropWrite });

    private bool _isTried;

    /// <summary>Subscribes, once.</summary>
    public async Task SubscribeAsync(CancellationToken stoppingToken)
    {
        if (_isTried)
        {
            return;
        }

        try
        {
            // All databases, told apart here: an ACL allows a pattern only as it is written in the user's line.
            await connections.Queue.Multiplexer.GetSubscriber()
                .SubscribeAsync(RedisChannel.Pattern(source.EventsPattern), (channel, _) => Hear(channel.ToString()))
                .WaitAsync(stoppingToken);
        }
        catch (Exception error) when (error is RedisServerException or RedisCommandException)
        {
            LogNotSubscribed(error.Message);
        }

        _isTried = true;
    }

    /// <summary>The entries that were written or removed since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (names.Count < HeldAtMost && _names.Reader.TryRead(out var name))
        {
            names.Add(name);
        }

        return [.. names];
    }

    private void Hear(string channel)
    {
        if (ScheduleSource.KeyOfEvent(channel, connections.Queue.Database) is { } key && source.Legacy(key) is { } name)
        {
            _names.Writer.TryWrite(name);
        }
    }

    [LoggerMessage(EventName = "keyspace_events_not_subscribed", Level = LogLevel.Information,
        Message = "Cannot subscribe to Redis' keyspace notifications: {Problem}. Entries of TaskIQ's older schedule "
            + "source are found without them, within a minute")]
    private partial void LogNotSubscribed(string problem);
}
