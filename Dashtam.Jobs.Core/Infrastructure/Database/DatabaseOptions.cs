using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;
using Npgsql;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Where dashtam-api's database is; this service only reads it.</summary>
internal sealed class DatabaseOptions
{
    private const string UrlSetting = "DATABASE_URL";

    /// <summary>The PostgreSQL server. Required, except in a local run, which has a SQLite file with sample rows.</summary>
    [Setting(UrlSetting, Secret = true, Allowed = "a PostgreSQL URL or connection string")]
    public string? Url { get; set; }

    /// <summary>Connections that this process opens at most; 1 to 100, default 10.</summary>
    [Setting("DATABASE_POOL_SIZE"), Range(1, 100)]
    public int PoolSize { get; set; } = 10;

    /// <summary>How to reach the server.</summary>
    /// <exception cref="InvalidSettingException">The setting is missing or has no form that is known.</exception>
    public NpgsqlConnectionStringBuilder Server() =>
        string.IsNullOrEmpty(Url)
            ? throw new InvalidSettingException(
                UrlSetting,
                "is required, for example postgresql://user:password@host:5432/database; only in Development it may be missing")
            : DatabaseUrl.Parse(UrlSetting, Url, PoolSize);
}
