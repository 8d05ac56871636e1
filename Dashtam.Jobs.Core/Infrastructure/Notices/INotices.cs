using System.Text.Json;

namespace Dashtam.Jobs.Core.Infrastructure.Notices;

/// <summary>An event for dashtam-api's users, once per <see cref="OnceKey"/>.</summary>
/// <param name="EventType">One of dashtam-api's event types.</param>
/// <param name="UserId">Whose browsers get it; null: everybody's.</param>
/// <param name="OnceKey">
/// What makes it the same notice, for example <c>provider.token.expiring:{connection}:{expiry}</c>; null: it is sent each time.
/// </param>
/// <param name="Data">The event's data: a JSON object, its properties in the order in which they are written.</param>
internal sealed record Notice(string EventType, Guid? UserId, string? OnceKey, JsonElement Data);

/// <summary>How a notice ended.</summary>
internal enum NoticeOutcome
{
    /// <summary>Nobody listened and nothing keeps it: it is to be sent again.</summary>
    Undelivered,

    /// <summary>Somebody listened to the user's channel by name.</summary>
    Delivered,

    /// <summary>Nobody listened, but it is in the user's stream (<c>SSE_ENABLE_RETENTION</c>).</summary>
    Retained,

    /// <summary>It was delivered or retained by an earlier run.</summary>
    AlreadySent,
}

/// <summary>Tells dashtam-api's users something.</summary>
internal interface INotices
{
    /// <summary>Sends a notice; one with a once-key not again after it was delivered or retained.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis refused or could not be reached; it may have run.</exception>
    Task<NoticeOutcome> SendAsync(Notice notice, CancellationToken cancellationToken);
}
