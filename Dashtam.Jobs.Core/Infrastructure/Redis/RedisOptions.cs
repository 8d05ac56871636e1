using System.Globalization;
using Dashtam.Jobs.Core.Settings;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>Where the Redis servers are.</summary>
internal sealed class RedisOptions
{
    private const string QueueSetting = "REDIS_URL";
    private const string NoticesSetting = "SSE_REDIS_URL";
    private const string ServersSetting = "JOBS_QUEUE_URLS";
    private const string AuthoritySetting = "REDIS_TLS_CA_FILE";

    /// <summary>
    /// The queue's Redis: <c>redis[s]://user:password@host:6379/0</c>, <c>redis[s]+sentinel://…</c> or StackExchange.Redis'
    /// <c>host:6379,password=…</c>; see <see href="docs/reference/settings.md#forms-of-redis_url">forms of REDIS_URL</see>.
    /// </summary>
    [Setting(QueueSetting, ReadBy = SettingReaders.All, Default = "required outside Development", Secret = true,
        Allowed = "a Redis URL or connection string")]
    public string? Url { get; set; }

    /// <summary>The Redis that dashtam-api subscribes to, written as <c>REDIS_URL</c>; notices and their once-keys go there.</summary>
    [Setting(NoticesSetting, Default = "`REDIS_URL`", Secret = true, Allowed = "a Redis URL or connection string")]
    public string? NoticesUrl { get; set; }

    /// <summary>
    /// The Redis of each queue that is not in <c>REDIS_URL</c>: <c>reports=redis://user:password@other:6379/0</c>, further ones
    /// behind a blank. Each is written as <c>REDIS_URL</c>; see <see href="docs/how-to/several-queues.md">several queues</see>.
    /// </summary>
    [Setting(ServersSetting, ReadBy = SettingReaders.All, Default = "all queues are in `REDIS_URL`", Secret = true,
        Allowed = "queue=URL, apart by blanks")]
    public string? QueueUrls { get; set; }

    /// <summary>
    /// An authority whose certificates are accepted over TLS to Redis, besides those that the machine trusts.
    /// </summary>
    [Setting(AuthoritySetting, ReadBy = SettingReaders.All, Allowed = "a PEM or DER file")]
    public string? TlsAuthorityFile { get; set; }

    /// <summary>The setting that <see cref="Url"/> comes from.</summary>
    private string UrlSetting { get; init; } = QueueSetting;

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
            return Parse(UrlSetting, Url, clientName);
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

    /// <summary>The settings with which a queue's own server is reached; null: it is in <c>REDIS_URL</c>.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <exception cref="InvalidSettingException">The setting has no form that is known.</exception>
    public RedisOptions? OfQueue(string queue) => Servers().TryGetValue(queue, out var url)
        ? new RedisOptions { Url = url, TlsAuthorityFile = TlsAuthorityFile, UrlSetting = ServersSetting }
        : null;

    /// <summary>Queues with a server of their own, and how it is reached.</summary>
    /// <exception cref="InvalidSettingException">The setting has no form that is known.</exception>
    public IReadOnlyDictionary<string, string> Servers()
    {
        var servers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in (QueueUrls ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            // An entry may hold a password: none is shown.
            if (entry.Split('=', 2) is not [{ Length: > 0 } queue, { Length: > 0 } url] || queue.Contains('@') || queue.Contains("://", StringComparison.Ordinal))
            {
                throw new InvalidSettingException(
                    ServersSetting, "an entry has no queue before its URL, no '=' or no URL; allowed is queue=URL, apart by blanks");
            }

            if (!servers.TryAdd(queue, url))
            {
                throw new InvalidSettingException(ServersSetting, $"names the queue '{SettingText.Shown(queue)}' twice");
            }
        }

        return servers;
    }

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
