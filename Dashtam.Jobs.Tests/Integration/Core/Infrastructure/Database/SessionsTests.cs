using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using SessionTable = Dashtam.Jobs.Core.Infrastructure.Database.Sessions;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database;

[Category("Integration")]
internal sealed class SessionsTests
{
    private static readonly DateTimeOffset Now =
        DateTimeOffset.Parse("2026-01-02T03:04:05.678901Z", CultureInfo.InvariantCulture);

    private SeededDatabase _database = null!; // made by SetUp

    [SetUp]
    public async Task Seed() => _database = await SeededDatabase.CreateAsync(Now);

    [TearDown]
    public ValueTask DisposeDatabase() => Disposal.DisposeAllAsync(_database);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(500)]
    public async Task What_expires_comes_in_order_of_expiry_and_then_of_id(int pageSize)
    {
        var rows = await ExpiringAsync(Now, Now.AddMinutes(15), pageSize);

        Assert.That(rows.Select(row => row.Id.ToString("D")[^2..]), Is.EqualTo(["09", "01", "13", "12", "02"]));
    }

    [TestCase(0, 5)]
    [TestCase(9, 5)]
    [TestCase(10, 6)]
    [TestCase(-1, 4)]
    public async Task A_threshold_counts_in_whole_microseconds(int ticks, int expected)
    {
        var rows = await ExpiringAsync(Now, Now.AddMinutes(15).AddTicks(ticks));

        Assert.That(rows, Has.Count.EqualTo(expected));
    }

    [TestCase(0, 8)]
    [TestCase(-1, 9)]
    public async Task A_session_is_valid_until_the_microsecond_of_its_expiry(int ticks, int expected)
    {
        var count = await new SessionTable(_database.Reader()).CountActiveAsync(Now.AddTicks(ticks), CancellationToken.None);

        Assert.That(count, Is.EqualTo(expected));
    }

    private async Task<List<ExpiringSession>> ExpiringAsync(DateTimeOffset now, DateTimeOffset threshold, int pageSize = 500)
    {
        var sessions = new SessionTable(_database.Reader(pageSize));
        return (await sessions.ExpiringBetweenAsync(now, threshold, CancellationToken.None).ToListAsync()).Values();
    }
}
