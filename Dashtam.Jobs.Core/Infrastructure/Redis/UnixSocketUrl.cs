using System.Net.Sockets;
using Dashtam.Jobs.Core.Settings;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>A Redis on this machine, as the Python client writes it: <c>unix://user:password@/run/redis.sock?db=0</c>.</summary>
/// <remarks>By hand: the framework reads no credentials without a host.</remarks>
internal static class UnixSocketUrl
{
    public const string Scheme = "unix://";

    /// <exception cref="InvalidSettingException">It has another form.</exception>
    public static ConfigurationOptions Parse(string setting, string text)
    {
        var slash = text.IndexOf('/', Scheme.Length);
        var authority = slash < 0 ? text[Scheme.Length..] : text[Scheme.Length..slash];
        if (slash < 0 || authority is not ("" or [.., '@']) || text.Contains('#', StringComparison.Ordinal))
        {
            throw RedisUrl.Invalid(setting, "names no path of a Unix socket");
        }

        var query = text.IndexOf('?', slash);
        var path = Uri.UnescapeDataString(query < 0 ? text[slash..] : text[slash..query]);
        if (path.Contains('@', StringComparison.Ordinal))
        {
            throw RedisUrl.Invalid(setting, "has an @ in its path"); // the rest of a password with a slash in it
        }

        var options = ConfigurationOptions.Parse(ConnectionPolicy.Defaults);
        (options.User, options.Password) = RedisUrl.Credentials(authority.Length == 0 ? "" : authority[..^1]);
        options.DefaultDatabase = query < 0 ? 0
            : text[(query + 1)..] is ['d', 'b', '=', .. var database] ? RedisUrl.Database(setting, database)
            : throw RedisUrl.Invalid(setting, "has a parameter after its '?' that is not known here");
        try
        {
            options.EndPoints.Add(new UnixDomainSocketEndPoint(path));
        }
        catch (ArgumentException)
        {
            throw RedisUrl.Invalid(setting, "has a path that is too long for a Unix socket");
        }

        return options;
    }
}
