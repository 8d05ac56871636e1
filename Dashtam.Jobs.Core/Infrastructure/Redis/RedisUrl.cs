using System.Buffers;
using System.Globalization;
using System.Net;
using Dashtam.Jobs.Core.Settings;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// Reads where a Redis is, in both forms that deployments write: <c>redis[s]://user:password@host:6379/0</c>, as Python has
/// it, and StackExchange.Redis' own <c>host:6379,password=…</c> (also for Sentinel and Cluster).
/// </summary>
internal static class RedisUrl
{
    private const string Allowed = "allowed is redis://user:password@host:6379/0 (rediss:// for TLS; special characters "
        + "percent-encoded) or StackExchange.Redis' host:6379,password=...";

    private const int DefaultPort = 6379;
    private const int DeadlineMs = 5_000;

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    // Placed before a native connection string, so that what an operator writes there wins.
    private const string Defaults = "connectTimeout=5000,syncTimeout=5000,keepAlive=10,";

    /// <summary>What a connection needs; nothing is connected yet, and a host that is away is no error here.</summary>
    /// <param name="setting">The variable's name, for the error.</param>
    /// <param name="text">The variable's value; never shown.</param>
    /// <param name="clientName">How the connection calls itself in <c>CLIENT LIST</c>, unless the text names it.</param>
    /// <exception cref="InvalidSettingException">It has neither form.</exception>
    public static ConfigurationOptions Parse(string setting, string text, string clientName)
    {
        text = text.Trim();
        var options = LooksLikeUrl(text) ? FromUrl(setting, text) : FromNative(setting, text);
        options.ClientName ??= clientName;
        // The worker's waits and its audit are made for this deadline: see ProcessingAudit.SecondLook.
        options.AsyncTimeout = DeadlineMs;
        // A Redis that is away is waited for.
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new ExponentialRetry(
            (int)TimeSpan.FromMilliseconds(250).TotalMilliseconds, (int)TimeSpan.FromSeconds(5).TotalMilliseconds);
        // What waits in a backlog might run long after its caller has given up.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // CLIENT KILL ends a waiter whose reply may be lost.
        options.AllowAdmin = true;
        // Counters of thread pools tell an operator nothing, and hide what was wrong.
        options.IncludeDetailInExceptions = false;
        return options;
    }

    // A password in a native string may hold "://".
    private static bool LooksLikeUrl(string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && text.AsSpan(0, end).IndexOfAnyExcept(SchemeCharacters) < 0;
    }

    private static ConfigurationOptions FromNative(string setting, string text)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(Defaults + text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            // The parser's own message may hold a part of the password.
            throw Invalid(setting, "is no connection string");
        }

        if (options.EndPoints.Count == 0)
        {
            throw Invalid(setting, "names no host");
        }

        if (options.EndPoints.OfType<DnsEndPoint>().Any(host => Uri.CheckHostName(host.Host) == UriHostNameType.Unknown))
        {
            throw Invalid(setting, "names something that is no host");
        }

        return options;
    }

    private static ConfigurationOptions FromUrl(string setting, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Fragment.Length > 0)
        {
            throw Invalid(setting, "is no URL");
        }

        if (url.Scheme is not ("redis" or "rediss"))
        {
            throw Invalid(setting, $"has the scheme '{url.Scheme}'");
        }

        if (url.DnsSafeHost.Length == 0 || url.Port == 0)
        {
            throw Invalid(setting, "names no host or no port");
        }

        var options = ConfigurationOptions.Parse(Defaults);
        options.EndPoints.Add(url.DnsSafeHost, url.Port < 0 ? DefaultPort : url.Port);
        options.Ssl = url.Scheme == "rediss";
        options.DefaultDatabase = Database(setting, url);
        var (user, password) = Credentials(url.UserInfo);
        options.User = user;
        options.Password = password;
        return options;
    }

    /// <summary>From the path, as <c>/2</c>, or from <c>?db=2</c>, which wins in the Python client, too.</summary>
    private static int Database(string setting, Uri url)
    {
        var text = url.AbsolutePath.Trim('/');
        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!parameter.StartsWith("db=", StringComparison.Ordinal))
            {
                throw Invalid(setting, "has a parameter other than 'db' after its '?'");
            }

            text = parameter["db=".Length..];
        }

        if (text.Length == 0)
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
            ? database
            : throw Invalid(setting, "has a database that is no number");
    }

    private static (string? User, string? Password) Credentials(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = colon < 0 ? userInfo : userInfo[..colon];
        var password = colon < 0 ? "" : userInfo[(colon + 1)..];
        return (NullIfEmpty(user), NullIfEmpty(password));
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : Uri.UnescapeDataString(text);

    private static InvalidSettingException Invalid(string setting, string problem) =>
        new(setting, $"the value {problem}; {Allowed}");
}
