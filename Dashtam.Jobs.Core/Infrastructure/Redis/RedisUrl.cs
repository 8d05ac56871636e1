using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dashtam.Jobs.Core.Settings;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// Reads where a Redis is, in the forms that deployments write: a URL, as Python has it, also with several hosts (the nodes of
/// a Cluster) or of Sentinels; or StackExchange.Redis' own <c>host:6379,password=…</c>.
/// </summary>
internal static class RedisUrl
{
    private const string Allowed = "allowed is redis://user:password@host:6379/0 (rediss:// for TLS; several hosts of a Cluster "
        + "apart by commas; special characters percent-encoded), redis+sentinel://user:password@host:26379,host:26379/service/0 "
        + "(rediss+sentinel:// for TLS; parameters sentinel_user, sentinel_password), both with ?db= and ?ssl_ca_certs=, "
        + "unix://user:password@/run/redis.sock?db=0, "
        + "or StackExchange.Redis' host:6379,password=...";

    private const int RedisPort = 6379;
    private const int SentinelPort = 26379;

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    /// <summary>What a connection needs; nothing is connected yet, and a host that is away is no error here.</summary>
    /// <param name="setting">The variable's name, for the error.</param>
    /// <param name="text">The variable's value; never shown.</param>
    /// <param name="clientName">How the connection calls itself in <c>CLIENT LIST</c>, unless the text names it.</param>
    /// <exception cref="InvalidSettingException">It has none of the forms.</exception>
    public static ConfigurationOptions Parse(string setting, string text, string clientName)
    {
        text = text.Trim();
        var options = LooksLikeUrl(text) ? FromUrl(setting, text) : NativeOptions.Parse(setting, text);
        ConnectionPolicy.Apply(options, clientName);
        return options;
    }

    // A password in a native string may hold "://".
    private static bool LooksLikeUrl(string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && text.AsSpan(0, end).IndexOfAnyExcept(SchemeCharacters) < 0;
    }

    private static ConfigurationOptions FromUrl(string setting, string text)
    {
        if (text.StartsWith(UnixSocketUrl.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return UnixSocketUrl.Parse(setting, text);
        }

        var (first, others) = SplitHosts(text);
        var url = Read(setting, first);
        var isSentinel = url.Scheme is "redis+sentinel" or "rediss+sentinel";
        if (!isSentinel && url.Scheme is not ("redis" or "rediss"))
        {
            throw Invalid(setting, "has another scheme"); // not shown: it may be the beginning of a password
        }

        var options = ConfigurationOptions.Parse(ConnectionPolicy.Defaults);
        foreach (var host in others.Select(other => Read(setting, $"{url.Scheme}://{other}")).Prepend(url))
        {
            options.EndPoints.Add(host.DnsSafeHost, Port(host, isSentinel));
        }

        options.Ssl = url.Scheme.StartsWith("rediss", StringComparison.Ordinal);
        (options.User, options.Password) = Credentials(url.UserInfo);
        var path = url.AbsolutePath is ['/', .. var rest] ? rest.TrimEnd('/') : "";
        if (path.Contains('@', StringComparison.Ordinal))
        {
            throw Invalid(setting, "has an @ after its host"); // the rest of a password with a slash in it
        }

        if (isSentinel)
        {
            (options.ServiceName, path) = ServiceAndDatabase(setting, path);
        }

        options.DefaultDatabase = Database(setting, path);
        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            Apply(setting, parameter, options);
        }

        return options;
    }

    /// <summary>The URL with its first host alone, and the other hosts: the framework reads no list of them.</summary>
    private static (string First, string[] Others) SplitHosts(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.IndexOfAny(['/', '?', '#'], start);
        end = end < 0 ? text.Length : end;
        var hosts = text.LastIndexOf('@', end - 1, end - start) + 1;
        hosts = hosts == 0 ? start : hosts;
        var all = text[hosts..end].Split(',');
        return (string.Concat(text.AsSpan(0, hosts), all[0], text.AsSpan(end)), all[1..]);
    }

    private static Uri Read(string setting, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Fragment.Length > 0)
        {
            throw Invalid(setting, "is no URL");
        }

        return url.DnsSafeHost.Length == 0 || url.Port == 0 ? throw Invalid(setting, "names no host or no port") : url;
    }

    private static int Port(Uri host, bool isSentinel)
    {
        var usual = isSentinel ? SentinelPort : RedisPort;
        return host.Port < 0 ? usual : host.Port;
    }

    private static (string Service, string Database) ServiceAndDatabase(string setting, string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var service = Uri.UnescapeDataString(slash < 0 ? path : path[..slash]);
        return service.Length == 0
            ? throw Invalid(setting, "names no service of the Sentinels")
            : (service, slash < 0 ? "" : path[(slash + 1)..]);
    }

    /// <summary>The number of a database; 0 when none is given.</summary>
    public static int Database(string setting, string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
            ? database
            : throw Invalid(setting, "has a database that is no number");
    }

    private static void Apply(string setting, string parameter, ConfigurationOptions options)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        var value = Uri.UnescapeDataString(parameter[(equals + 1)..]);
        switch (equals < 0 ? "" : parameter[..equals])
        {
            case "db": // wins over the path in the Python client, too
                options.DefaultDatabase = Database(setting, value);
                break;
            case "ssl_ca_certs" when options.Ssl:
                Trust(setting, "the file of ssl_ca_certs", value, options); // its name may be what followed a ? in a password
                break;
            case "sentinel_user" when options.ServiceName is not null:
                options.SentinelUser = value;
                break;
            case "sentinel_password" when options.ServiceName is not null:
                options.SentinelPassword = value;
                break;
            default:
                throw Invalid(setting, "has a parameter after its '?' that is not known here");
        }
    }

    /// <summary>Accepts certificates that this authority issued, and no others, as the Python client does with such a file.</summary>
    /// <remarks>Said in the framework's own terms, because the heartbeat's connection is not the library's.</remarks>
    /// <param name="setting">The variable's name, for the error.</param>
    /// <param name="shown">How the error calls the file.</param>
    /// <param name="file">A PEM or DER file.</param>
    /// <param name="options">What is told of it.</param>
    /// <exception cref="InvalidSettingException">The file cannot be read, or holds no certificate.</exception>
    public static void Trust(string setting, string shown, string file, ConfigurationOptions options)
    {
        try
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // an authority of one's own rarely publishes a list
            };
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(file));
            options.SslClientAuthenticationOptions = host =>
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateChainPolicy = policy,
                    EnabledSslProtocols = options.SslProtocols ?? SslProtocols.None,
                };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            throw new InvalidSettingException(
                setting, $"{shown} cannot be read as a certificate of an authority; allowed is a PEM or DER file");
        }
    }

    /// <summary>What stands before the @ of a URL.</summary>
    public static (string? User, string? Password) Credentials(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = colon < 0 ? userInfo : userInfo[..colon];
        var password = colon < 0 ? "" : userInfo[(colon + 1)..];
        return (NullIfEmpty(user), NullIfEmpty(password));
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : Uri.UnescapeDataString(text);

    /// <summary>What is wrong, and all that is allowed.</summary>
    public static InvalidSettingException Invalid(string setting, string problem) =>
        new(setting, $"the value {problem}; {Allowed}");
}
