using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>Tells a Redis that cannot be reached, or that refused, from a defect.</summary>
internal static class RedisFailure
{
    /// <summary>
    /// The library has no common base: time-outs derive from <see cref="TimeoutException"/>, and
    /// <see cref="RedisCommandException"/> from <see cref="Exception"/>.
    /// A call for which this process had no memory is one, too: the next try may have the memory.
    /// </summary>
    public static bool Is(Exception error) =>
        error is RedisException or TimeoutException or RedisCommandException or ObjectDisposedException or OutOfMemoryException;

    /// <summary>The server is there and will answer otherwise soon: it loads, fails over or moves a slot.</summary>
    public static bool IsPassing(RedisServerException error) => error.Kind is RedisErrorKind.Loading or RedisErrorKind.ReadOnly
        or RedisErrorKind.TryAgain or RedisErrorKind.MasterDown or RedisErrorKind.ClusterDown or RedisErrorKind.Busy;

    /// <summary>The server does not take the user or the password, or wants some.</summary>
    public static bool IsCredentials(string message) =>
        message.StartsWith("WRONGPASS", StringComparison.Ordinal) || message.StartsWith("NOAUTH", StringComparison.Ordinal)
        || message.StartsWith("ERR invalid password", StringComparison.Ordinal)
        || message.StartsWith("ERR AUTH", StringComparison.Ordinal);

    /// <summary>The server's words against the user or the password, in whatever the library wrapped these; null: none.</summary>
    public static string? Credentials(Exception? error)
    {
        while (error is not null && !IsCredentials(error.Message))
        {
            error = error.InnerException;
        }

        return error?.Message;
    }

    /// <summary>The server refuses the user, not the command: its message names the permission that is missing.</summary>
    public static bool IsPermission(Exception error) => error is RedisServerException refused
        && (refused.Kind == RedisErrorKind.NoPermission
            || refused.Message.Contains("user executing the script can't", StringComparison.Ordinal));
}
