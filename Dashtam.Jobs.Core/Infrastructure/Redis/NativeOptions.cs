using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Settings;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// StackExchange.Redis' own form, <c>host:6379,password=…</c>. Two clients read it: the library, and <see cref="BlockingRedis"/>
/// for the heartbeat. An option that only one of them would follow is refused.
/// </summary>
internal static class NativeOptions
{
    private const string Renames = "it renames what is on the wire, where every program of a queue must agree";
    private const string OneOnly = "the heartbeat's connection does not know it";

    /// <summary>Every option of the library, and why it is refused; null: it is taken.</summary>
    /// <remarks>
    /// What only tunes the library's own sockets, threads and checks is taken, and does not concern the heartbeat. Deadlines and
    /// reconnects are fixed by <see cref="ConnectionPolicy"/>, whatever is written: strings copied from elsewhere hold them.
    /// </remarks>
    public static readonly FrozenDictionary<string, string?> Known = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = null,
        ["user"] = null,
        ["password"] = null,
        ["defaultDatabase"] = null,
        ["ssl"] = null,
        ["sslHost"] = null,
        ["sslProtocols"] = null,
        ["checkCertificateRevocation"] = null,
        ["serviceName"] = null,
        ["sentinelUser"] = null,
        ["sentinelPassword"] = null,
        ["abortConnect"] = null,
        ["allowAdmin"] = null,
        ["asyncTimeout"] = null,
        ["syncTimeout"] = null,
        ["responseTimeout"] = null,
        ["connectTimeout"] = null,
        ["connectRetry"] = null,
        ["keepAlive"] = null,
        ["tcpKeepAlive"] = null,
        ["configCheckSeconds"] = null,
        ["topologyRefreshSeconds"] = null,
        ["tiebreaker"] = null,
        ["setlib"] = null,
        ["version"] = null,
        ["protocol"] = null,
        ["resolveDns"] = null,
        ["writeBuffer"] = null,
        ["highPriorityThreads"] = null,
        ["preserveAsyncOrder"] = null,
        ["highIntegrity"] = null,
        ["sharedSubscriptionConnection"] = null,
        ["channelPrefix"] = Renames,
        ["configChannel"] = Renames,
        ["proxy"] = "a queue needs scripts and waits, which proxies do not pass on",
        ["tunnel"] = OneOnly,
        ["defaults"] = OneOnly,
        ["maintNotifications"] = OneOnly,
        ["maintMovingEndpointType"] = OneOnly,
        ["maintRelaxedTimeout"] = OneOnly,
        ["maintRelaxedWindowMax"] = OneOnly,
        ["maintPostEventRelaxed"] = OneOnly,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidSettingException">It cannot be read, or asks for what one of the two clients cannot do.</exception>
    public static ConfigurationOptions Parse(string setting, string text)
    {
        CheckOptions(setting, text);
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(ConnectionPolicy.Defaults + text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            // The parser's own message may hold a part of the password.
            throw RedisUrl.Invalid(setting, "is no connection string");
        }

        CheckValues(setting, options);
        return options;
    }

    private static void CheckOptions(string setting, string text)
    {
        var hasOptions = false;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                CheckOption(setting, part[..equals].Trim());
                hasOptions = true;
            }
            else if (hasOptions)
            {
                // Taken for a host, what follows a comma in a password would be shown in the log.
                throw RedisUrl.Invalid(setting, "has something after its options that is no option (a password with a comma needs the URL form)");
            }
        }
    }

    private static void CheckOption(string setting, string name)
    {
        if (name[0] == '$')
        {
            throw RedisUrl.Invalid(setting, $"maps commands ('$...'), which is not allowed: {Renames}");
        }

        if (!Known.TryGetValue(name, out var reason))
        {
            throw RedisUrl.Invalid(setting, "is no connection string"); // not shown: it may be a part of the password
        }

        if (reason is not null)
        {
            throw RedisUrl.Invalid(setting, $"has the option {name}, which is not allowed: {reason}");
        }
    }

    private static void CheckValues(string setting, ConfigurationOptions options)
    {
        if (options.EndPoints.Count == 0)
        {
            throw RedisUrl.Invalid(setting, "names no host");
        }

        if (options.EndPoints.OfType<DnsEndPoint>().Any(host => Uri.CheckHostName(host.Host) == UriHostNameType.Unknown))
        {
            throw RedisUrl.Invalid(setting, "names something that is no host");
        }

        if (options.DefaultDatabase < 0)
        {
            throw RedisUrl.Invalid(setting, "has a database below 0");
        }

        if (options.ClientName is { } name && name.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            throw RedisUrl.Invalid(setting, "has a name that Redis refuses: it takes visible ASCII characters without blanks only");
        }

        if (options.Ssl && options.EndPoints.OfType<UnixDomainSocketEndPoint>().Any())
        {
            throw RedisUrl.Invalid(setting, "asks for TLS over a Unix socket");
        }
    }
}
