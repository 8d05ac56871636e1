using System.Globalization;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Infrastructure;

/// <summary>
/// A run on a laptop with nothing else installed: in Development, what is not configured is replaced by something embedded
/// that scheduler and worker find without configuration.
/// </summary>
/// <param name="EmbedsRedis">No <c>REDIS_URL</c>: the scheduler embeds a server on loopback.</param>
/// <param name="EmbedsDatabase">No <c>DATABASE_URL</c>: a SQLite file with sample rows.</param>
/// <param name="RedisPort">Where the embedded server listens, <c>JOBS_REDIS_PORT</c>.</param>
public sealed record LocalMode(bool EmbedsRedis, bool EmbedsDatabase, int RedisPort)
{
    /// <summary>Where the embedded server listens unless <c>JOBS_REDIS_PORT</c> says otherwise.</summary>
    internal const int DefaultRedisPort = 6381;

    /// <summary>The sample database; beside the embedded server's port, so that two local runs do not share one.</summary>
    public string DatabasePath => Path.Combine(Path.GetTempPath(), $"dashtam-jobs-{Environment.UserName}-{RedisPort}.db");

    /// <summary>Reads what applies to this process.</summary>
    /// <exception cref="InvalidSettingException"><c>JOBS_REDIS_PORT</c> is no port.</exception>
    public static LocalMode From(IHostEnvironment environment, IConfiguration configuration)
    {
        var development = environment.IsDevelopment();
        var text = configuration["JOBS_REDIS_PORT"];
        var port = DefaultRedisPort;
        if (!string.IsNullOrEmpty(text) && !ServiceLink.Is("JOBS_REDIS_PORT", text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw new InvalidSettingException(
                "JOBS_REDIS_PORT", $"'{SettingText.Shown(text)}' is not allowed; allowed is a port from 1 to 65535");
        }

        return new(
            development && !SecretFile.IsSet("REDIS_URL", configuration),
            development && !SecretFile.IsSet("DATABASE_URL", configuration),
            port);
    }
}
