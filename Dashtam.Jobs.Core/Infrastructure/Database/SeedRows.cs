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

    private static readonly string[] Names = ["alice", "bob", "carol"];

    public static IEnumerable<User> Users() =>
        Names.Select((name, index) => new User(Id(0, index + 1), $"{name}@example.test"));

    public static IEnumerable<Connection> Connections(DateTimeOffset now) => ConnectionRows.Select(row =>
        new Connection(Id(2, row.Number), Id(0, row.User), row.Slug, row.Status, At(now, row.Expiry)));

    public static IEnumerable<Session> Sessions(DateTimeOffset now) => SessionRows.Select(row =>
        new Session(Id(3, row.Number), Id(0, row.User), At(now, row.Expiry), At(now, row.RevokedAt)));

    private static string Id(int table, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"5eed{table:0000}-0000-7000-8000-{number:000000000000}");

    private static string? At(DateTimeOffset now, TimeSpan? offset) => offset is { } some ? IsoTime.Micros(now + some) : null;

    internal sealed record User(string Id, string Email);

    internal sealed record Connection(string Id, string UserId, string Slug, string Status, string? ExpiresAt);

    internal sealed record Session(string Id, string UserId, string? ExpiresAt, string? RevokedAt);
}
