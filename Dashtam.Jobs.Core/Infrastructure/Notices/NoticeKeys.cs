using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Notices;

/// <summary>The keys and channels of notices; all but the once-key are dashtam-api's.</summary>
internal static class NoticeKeys
{
    /// <summary>The channel of broadcasts.</summary>
    public const string Broadcast = "sse:broadcast";

    /// <summary>The channel of one user's browsers.</summary>
    public static string Channel(Guid userId) => string.Create(CultureInfo.InvariantCulture, $"sse:user:{userId:D}");

    /// <summary>STREAM: what is replayed to a user. 1,000 entries, an hour.</summary>
    public static RedisKey Stream(Guid userId) => string.Create(CultureInfo.InvariantCulture, $"sse:stream:user:{userId:D}");

    /// <summary>STRING, <c>JOBS_NOTICE_TTL</c>: the notice was delivered or kept.</summary>
    public static RedisKey Once(string onceKey) => $"{{sse}}:notice:{onceKey}";
}
