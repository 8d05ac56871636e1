using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;
using Npgsql;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Where dashtam-api's database is; this service only reads it.</summary>
internal sealed class DatabaseOptions
{
    private const string UrlSetting = "DATABASE_URL";

    /// <summary>
    /// dashtam-api's database, only read: <c>postgresql[+asyncpg]://user:password@host:5432/db</c> or Npgsql's
    /// <c>Host=…;Username=…</c>.
    /// </summary>
    [Setting(UrlSetting, ReadBy = SettingReaders.Both, Default = "required outside Development", Secret = true,
        Allowed = "a PostgreSQL URL or connection string")]
    public string? Url { get; set; }

    /// <summary>
    /// Connections at most. A job that finds all of them in use waits for one as long as it has time; with fewer connections than
    /// <c>WORKER_CONCURRENCY</c> a slow database makes jobs wait for each other (<see href="docs/reference/settings.md#behind-a-pooler">poolers</see>).
    /// </summary>
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
