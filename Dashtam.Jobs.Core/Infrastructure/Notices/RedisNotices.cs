using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Notices;

/// <summary>Notices through Redis: published and remembered by one script, on the server that dashtam-api subscribes to.</summary>
internal sealed partial class RedisNotices(
    IRedisConnections connections, IOptions<NoticeOptions> options, TimeProvider time, ILogger<RedisNotices> logger) : INotices
{
    private readonly RedisScript _send = RedisScript.Load("send_notice.lua");
    private int _lacksStreams;

    private bool Retains => options.Value.EnableRetention && Volatile.Read(ref _lacksStreams) == 0;

    public async Task<NoticeOutcome> SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        var published = NoticeEvent.Create(notice, time.GetUtcNow());
        RedisKey[] once = notice.OnceKey is { } onceKey ? [NoticeKeys.Once(onceKey)] : [];
        if (notice.UserId is not { } userId)
        {
            return await SendAsync(notice, once, NoticeKeys.Broadcast, published, cancellationToken);
        }

        var channel = NoticeKeys.Channel(userId);
        if (Retains)
        {
            try
            {
                return await SendAsync(notice, [.. once, NoticeKeys.Stream(userId)], channel, published, cancellationToken);
            }
            catch (RedisServerException error) when (IsUnknownCommand(error))
            {
                // The script's first write was refused: nothing was sent yet.
                TurnRetentionOff(error.Message);
            }
        }

        return await SendAsync(notice, once, channel, published, cancellationToken);
    }

    private async Task<NoticeOutcome> SendAsync(
        Notice notice, RedisKey[] keys, string channel, NoticeEvent published, CancellationToken cancellationToken)
    {
        var reply = await _send.RunAsync(
            connections.Notices,
            keys,
            [
                channel, published.Json, notice.OnceKey is null ? "" : options.Value.TtlSeconds,
                published.Id, published.Type, published.Data, published.OccurredAt,
            ],
            cancellationToken);
        return (NoticeOutcome)(int)reply;
    }

    private static bool IsUnknownCommand(RedisServerException error) =>
        error.Message.Contains("unknown", StringComparison.OrdinalIgnoreCase)
        && error.Message.Contains("command", StringComparison.OrdinalIgnoreCase);

    private void TurnRetentionOff(string problem)
    {
        if (Interlocked.Exchange(ref _lacksStreams, 1) == 0)
        {
            LogRetentionOff(problem);
        }
    }

    [LoggerMessage(EventName = "notice_retention_off", Level = LogLevel.Warning,
        Message = "Events are not kept for replay although SSE_ENABLE_RETENTION is on: this Redis has no streams ({Problem})")]
    private partial void LogRetentionOff(string problem);
}

/// <summary>Registers notices.</summary>
internal static class NoticeServices
{
    /// <summary>Adds <see cref="INotices"/>; needs the Redis connections and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddNotices(this IServiceCollection services)
    {
        services.AddSettings<NoticeOptions>();
        return services.AddSingleton<INotices, RedisNotices>();
    }
}
