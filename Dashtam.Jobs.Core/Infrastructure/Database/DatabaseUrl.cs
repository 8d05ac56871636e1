using System.Globalization;
using Dashtam.Jobs.Core.Settings;
using Npgsql;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>
/// Reads where a PostgreSQL is, in both forms that deployments write: <c>postgresql[+asyncpg]://user:password@host:5432/db</c>,
/// as Python has it, and Npgsql's own <c>Host=host;Database=db;…</c>.
/// </summary>
internal static class DatabaseUrl
{
    private const string Allowed = "allowed is postgresql://user:password@host:5432/database (also postgresql+asyncpg://; "
        + "special characters percent-encoded; after '?' sslmode, ssl, sslrootcert, connect_timeout, application_name) or "
        + "Npgsql's Host=host;Database=database;Username=user;Password=...";

    /// <summary>What a connection needs; nothing is connected yet, and a host that is away is no error here.</summary>
    /// <param name="setting">The variable's name, for the error.</param>
    /// <param name="text">The variable's value; never shown.</param>
    /// <param name="poolSize">Connections at most.</param>
    /// <exception cref="InvalidSettingException">It has neither form.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string setting, string text, int poolSize)
    {
        text = text.Trim();
        try
        {
            var server = text.Contains("://", StringComparison.Ordinal)
                ? FromUrl(setting, text, poolSize)
                : FromNative(setting, text, poolSize);
            // Finds what each keyword alone does not show, as a smallest pool above the largest. It connects nowhere.
            using var check = NpgsqlDataSource.Create(server);
            return server;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException
            or InvalidCastException or InvalidOperationException or NotSupportedException or KeyNotFoundException)
        {
            // The parser's own message may hold a part of the password.
            throw Invalid(setting, "cannot be read");
        }
    }

    // Placed before a native connection string, so that what an operator writes there wins. Nothing that becomes a parameter of
    // the session's start but the name: a pooler refuses what it cannot hand on (PgBouncer: "unsupported startup parameter").
    // The session is not reset when a connection goes back to the pool, because no statement of this service changes it;
    // behind a pooler a reset would be one of somebody else's session.
    private static string Defaults(int poolSize) => string.Create(
        CultureInfo.InvariantCulture,
        $"Application Name=dashtam-jobs;Maximum Pool Size={poolSize};Command Timeout=60;No Reset On Close=true;");

    private static NpgsqlConnectionStringBuilder FromNative(string setting, string text, int poolSize)
    {
        var server = new NpgsqlConnectionStringBuilder(Defaults(poolSize) + text);
        if (string.IsNullOrWhiteSpace(server.Host) || string.IsNullOrWhiteSpace(server.Database))
        {
            throw Invalid(setting, "names no host or no database");
        }

        return server;
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string setting, string text, int poolSize)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Fragment.Length > 0)
        {
            throw Invalid(setting, "is no URL");
        }

        // postgresql+asyncpg: SQLAlchemy's way to name a driver, which is not ours.
        if (url.Scheme.Split('+')[0] is not ("postgresql" or "postgres"))
        {
            throw Invalid(setting, "has a scheme other than postgresql");
        }

        if (url.DnsSafeHost.Length == 0 || url.Port == 0)
        {
            throw Invalid(setting, "names no host or no port");
        }

        var server = new NpgsqlConnectionStringBuilder(Defaults(poolSize))
        {
            Host = url.DnsSafeHost,
            Port = url.Port < 0 ? NpgsqlConnection.DefaultPort : url.Port,
            Database = Database(setting, url),
        };
        AddCredentials(server, url.UserInfo);
        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            AddParameter(setting, server, parameter);
        }

        return server;
    }

    private static string Database(string setting, Uri url)
    {
        // A slash or an @ here is one of the password that was not percent-encoded.
        var path = url.AbsolutePath.TrimStart('/');
        return path.Length > 0 && path.AsSpan().IndexOfAny('/', '@') < 0
            ? Uri.UnescapeDataString(path)
            : throw Invalid(setting, "names no database after its host, or one that is not percent-encoded");
    }

    private static void AddCredentials(NpgsqlConnectionStringBuilder server, string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = colon < 0 ? userInfo : userInfo[..colon];
        if (user.Length > 0)
        {
            server.Username = Uri.UnescapeDataString(user);
        }

        if (colon >= 0)
        {
            server.Password = Uri.UnescapeDataString(userInfo[(colon + 1)..]);
        }
    }

    private static void AddParameter(string setting, NpgsqlConnectionStringBuilder server, string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? parameter : parameter[..equals];
        var value = equals < 0 ? "" : Uri.UnescapeDataString(parameter[(equals + 1)..]);
        switch (name)
        {
            // asyncpg's name, and libpq's.
            case "ssl" or "sslmode":
                server.SslMode = SslModeOf(setting, value);
                break;
            case "sslrootcert":
                server.RootCertificate = value;
                break;
            case "application_name":
                server.ApplicationName = value;
                break;
            case "connect_timeout":
                server.Timeout = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                break;
            default:
                throw Invalid(setting, "has an unknown parameter after its '?'");
        }
    }

    private static SslMode SslModeOf(string setting, string text) => text switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" or "true" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw Invalid(setting, "has an sslmode other than disable, allow, prefer, require, verify-ca, verify-full"),
    };

    private static InvalidSettingException Invalid(string setting, string problem) =>
        new(setting, $"the value {problem}; {Allowed}");
}
