using System.Globalization;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>
/// The rows of the sample database. The numbers are those of <c>deploy/sql/02-seed.sql</c>, which says what each is for.
/// </summary>
internal static class SeedRows
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private static readonly (int Number, int User, string Slug, string Status, TimeSpan? Expiry)[] ConnectionRows =
    [
        (1, 1, "schwab", "active", TimeSpan.FromHours(1)),
        (2, 1, "schwab", "active", TimeSpan.FromMinutes(1439)),
        (3, 2, "schwab", "active", Day),
        (4, 2, "schwab", "active", Day - Moment),
        (5, 2, "schwab", "active", TimeSpan.FromMinutes(1450)),
        (6, 1, "schwab", "active", TimeSpan.FromHours(-1)),
        (7, 2, "schwab", "active", TimeSpan.FromDays(-90)),
        (8, 1, "alpaca", "active", null),
        (9, 1, "schwab", "active", TimeSpan.FromDays(60)),
        (10, 1, "schwab", "pending", TimeSpan.FromHours(1)),
        (11, 1, "schwab", "expired", TimeSpan.FromHours(-1)),
        (12, 1, "schwab", "revoked", TimeSpan.FromHours(1)),
        (13, 1, "schwab", "failed", TimeSpan.FromHours(1)),
        (14, 1, "schwab", "disconnected", TimeSpan.FromHours(1)),
        (15, 1, "schwab", "pending", null),
        (16, 3, "longest-slug-slug-slug-slug-slug-slug-slug-slug-sl", "active", TimeSpan.FromMinutes(1439)),
        (17, 2, "schwab", "active", TimeSpan.FromMinutes(1439)),
    ];

    private static readonly (int Number, int User, TimeSpan? RevokedAt, TimeSpan? Expiry)[] SessionRows =
    [
        (1, 1, null, TimeSpan.FromMinutes(10)),
        (2, 2, null, Quarter),
        (3, 2, null, Quarter - Moment),
        (4, 2, null, TimeSpan.FromMinutes(30)),
        (5, 1, null, TimeSpan.Zero),
        (6, 1, null, TimeSpan.FromMinutes(-1)),
        (7, 1, null, null),
        (8, 1, TimeSpan.FromHours(-1), TimeSpan.FromMinutes(5)),
        (9, 2, null, TimeSpan.FromMinutes(5)),
        (10, 2, TimeSpan.FromHours(-1), TimeSpan.FromMinutes(5)),
        (11, 3, TimeSpan.FromHours(-1), TimeSpan.FromDays(-1)),
        (12, 3, null, TimeSpan.FromMinutes(12)),
        (13, 1, null, TimeSpan.FromMinutes(10)),
        (14, 1, TimeSpan.FromHours(-1), null),
    ];

    private static readonly int[] RevokedSessions = [8, 9, 11, 14];
    private static readonly string[] Names = ["alice", "bob"];

    private static readonly Dictionary<int, string> Aliases = new() { [1] = "My Schwab IRA", [2] = "Żółty \"konto\"" };

    public static IEnumerable<User> Users(DateTimeOffset now) =>
    [
        .. Names.Select((name, index) =>
            new User(Id(0, index + 1), IsoTime.Micros(now), $"{name}@example.test", IsActive: true, FailedLogins: 0, LockedUntil: null)),
        new User(Id(0, 3), IsoTime.Micros(now), "carol@example.test", IsActive: false, FailedLogins: 5, "2099-01-01T00:00:00"),
    ];

    public static IEnumerable<Provider> Providers(DateTimeOffset now) =>
    [
        new(Id(1, 1), IsoTime.Micros(now), "seed_schwab", "Charles Schwab", "oauth2", IsActive: true),
        new(Id(1, 2), IsoTime.Micros(now), "seed_alpaca", "Alpaca", "api_key", IsActive: false),
    ];

    public static IEnumerable<Connection> Connections(DateTimeOffset now) => ConnectionRows.Select(row => new Connection(
        Id(2, row.Number), IsoTime.Micros(now), Id(0, row.User), Id(1, row.Slug == "schwab" ? 1 : 2), row.Slug, row.Status,
        Aliases.GetValueOrDefault(row.Number), At(now, row.Expiry), IsoTime.Micros(now - (90 * Day))));

    public static IEnumerable<Session> Sessions(DateTimeOffset now) => SessionRows.Select(row => new Session(
        Id(3, row.Number), IsoTime.Micros(now), Id(0, row.User), RevokedSessions.Contains(row.Number), At(now, row.RevokedAt), At(now, row.Expiry)));

    private static string Id(int table, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"5eed{table:0000}-0000-7000-8000-{number:000000000000}");

    private static string? At(DateTimeOffset now, TimeSpan? offset) => offset is { } some ? IsoTime.Micros(now + some) : null;

    internal sealed record User(string Id, string MadeAt, string Email, bool IsActive, int FailedLogins, string? LockedUntil);

    internal sealed record Provider(string Id, string MadeAt, string Slug, string Name, string CredentialType, bool IsActive);

    internal sealed record Connection(
        string Id, string MadeAt, string UserId, string ProviderId, string Slug, string Status, string? Alias, string? ExpiresAt,
        string ConnectedAt);

    internal sealed record Session(string Id, string MadeAt, string UserId, bool IsRevoked, string? RevokedAt, string? ExpiresAt);
}
