using System.Globalization;
using Dashtam.Jobs.Core.Settings;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>Where the Redis servers are.</summary>
internal sealed class RedisOptions
{
    private const string QueueSetting = "REDIS_URL";
    private const string NoticesSetting = "SSE_REDIS_URL";
    private const string AuthoritySetting = "REDIS_TLS_CA_FILE";

    /// <summary>The queue's server. Required, except in a local run, which embeds one.</summary>
    [Setting(QueueSetting, Secret = true, Allowed = "a Redis URL or connection string")]
    public string? Url { get; set; }

    /// <summary>The server that dashtam-api subscribes to; by default the queue's.</summary>
    [Setting(NoticesSetting, Secret = true, Allowed = "a Redis URL or connection string")]
    public string? NoticesUrl { get; set; }

    /// <summary>An authority whose certificates are accepted over TLS, besides those that the machine trusts; a PEM or DER file.</summary>
    [Setting(AuthoritySetting, Allowed = "a PEM or DER file")]
    public string? TlsAuthorityFile { get; set; }

    /// <summary>Whether notices go to another server than the queue's, and so need a connection of their own.</summary>
    public bool HasNoticesServer => !string.IsNullOrEmpty(NoticesUrl);

    /// <summary>How to reach the queue's server.</summary>
    /// <param name="local">Says whether a missing setting means the embedded server.</param>
    /// <param name="clientName">How the connection calls itself.</param>
    /// <exception cref="InvalidSettingException">The setting is missing or has no form that is known.</exception>
    public ConfigurationOptions Queue(LocalMode local, string clientName)
    {
        if (!string.IsNullOrEmpty(Url))
        {
            return Parse(QueueSetting, Url, clientName);
        }

        return local.EmbedsRedis
            ? RedisUrl.Parse(QueueSetting, Embedded(local), clientName)
            : throw new InvalidSettingException(
                QueueSetting, "is required, for example redis://user:password@host:6379/0; only in Development it may be missing");
    }

    /// <summary>How to reach the server of the notices.</summary>
    /// <inheritdoc cref="Queue" path="/param"/>
    /// <inheritdoc cref="Queue" path="/exception"/>
    public ConfigurationOptions Notices(LocalMode local, string clientName) =>
        string.IsNullOrEmpty(NoticesUrl)
            ? Queue(local, clientName)
            : Parse(NoticesSetting, NoticesUrl, clientName);

    private ConfigurationOptions Parse(string setting, string text, string clientName)
    {
        var options = RedisUrl.Parse(setting, text, clientName);
        if (options.Ssl && !string.IsNullOrEmpty(TlsAuthorityFile))
        {
            RedisUrl.Trust(AuthoritySetting, $"'{SettingText.Shown(TlsAuthorityFile)}'", TlsAuthorityFile, options);
        }

        return options;
    }

    private static string Embedded(LocalMode local) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{local.RedisPort}");
}
