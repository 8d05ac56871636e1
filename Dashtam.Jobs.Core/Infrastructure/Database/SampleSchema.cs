namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>
/// The tables of <c>deploy/sql/01-schema.sql</c> in SQLite, with all their columns, so that a query that works in a local run works on
/// dashtam-api's database. A test compares both.
/// </summary>
/// <remarks>Instants are ISO text in microseconds, ids text in lower case, booleans 0 and 1, arrays JSON.</remarks>
internal static class SampleSchema
{
    public const string Tables = """
        CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, email TEXT NOT NULL UNIQUE,
            password_hash TEXT NOT NULL, is_verified INTEGER NOT NULL, is_active INTEGER NOT NULL, failed_login_attempts INTEGER NOT NULL,
            locked_until TEXT, session_tier TEXT NOT NULL DEFAULT 'basic', max_sessions INTEGER, min_token_version INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE providers (id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, slug TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL, category TEXT NOT NULL DEFAULT 'other', credential_type TEXT NOT NULL, description TEXT, logo_url TEXT,
            website_url TEXT, is_active INTEGER NOT NULL);
        CREATE TABLE provider_connections (id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
            user_id TEXT NOT NULL REFERENCES users (id), provider_id TEXT NOT NULL REFERENCES providers (id), provider_slug TEXT NOT NULL,
            status TEXT NOT NULL, alias TEXT, credential_type TEXT, encrypted_credentials BLOB, credentials_expires_at TEXT,
            connected_at TEXT, last_sync_at TEXT);
        CREATE TABLE sessions (id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
            user_id TEXT NOT NULL REFERENCES users (id), device_info TEXT, user_agent TEXT, ip_address TEXT, location TEXT,
            last_activity_at TEXT, expires_at TEXT, is_revoked INTEGER NOT NULL, is_trusted INTEGER NOT NULL, revoked_at TEXT,
            revoked_reason TEXT, refresh_token_id TEXT, last_ip_address TEXT, suspicious_activity_count INTEGER NOT NULL,
            last_provider_accessed TEXT, last_provider_sync_at TEXT, providers_accessed TEXT);
        """;

    public const string InsertUser = """
        INSERT INTO users (id, created_at, updated_at, email, password_hash, is_verified, is_active, failed_login_attempts, locked_until)
        VALUES (@Id, @MadeAt, @MadeAt, @Email, 'x', @IsActive, @IsActive, @FailedLogins, @LockedUntil)
        """;

    public const string InsertProvider = """
        INSERT INTO providers (id, created_at, updated_at, slug, name, category, credential_type, is_active)
        VALUES (@Id, @MadeAt, @MadeAt, @Slug, @Name, 'brokerage', @CredentialType, @IsActive)
        """;

    public const string InsertConnection = """
        INSERT INTO provider_connections (id, created_at, updated_at, user_id, provider_id, provider_slug, status, alias, credential_type,
            encrypted_credentials, credentials_expires_at, connected_at)
        VALUES (@Id, @MadeAt, @MadeAt, @UserId, @ProviderId, @Slug, @Status, @Alias, 'oauth2', x'00ff', @ExpiresAt, @ConnectedAt)
        """;

    public const string InsertSession = """
        INSERT INTO sessions (id, created_at, updated_at, user_id, device_info, ip_address, is_revoked, is_trusted,
            suspicious_activity_count, revoked_at, revoked_reason, expires_at, providers_accessed)
        VALUES (@Id, @MadeAt, @MadeAt, @UserId, 'Firefox on Linux', '192.0.2.1', @IsRevoked, 0,
            0, @RevokedAt, CASE WHEN @IsRevoked THEN 'logout' END, @ExpiresAt, '["schwab"]')
        """;
}
