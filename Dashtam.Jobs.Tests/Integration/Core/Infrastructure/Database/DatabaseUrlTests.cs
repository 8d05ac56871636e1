using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Tests.Support;
using Npgsql;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database;

[Category("Integration")]
internal sealed class DatabaseUrlTests
{
    [TestCase("application_name", "dashtam-jobs")]
    public async Task The_server_takes_the_settings_of_this_service(string setting, string expected)
    {
        await using var database = await TestServices.CreatePostgresDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(
            DatabaseUrl.Parse("DATABASE_URL", database.ConnectionString, poolSize: 1));

        await using var show = source.CreateCommand($"SHOW {setting}");

        Assert.That(await show.ExecuteScalarAsync(), Is.EqualTo(expected));
    }
}
