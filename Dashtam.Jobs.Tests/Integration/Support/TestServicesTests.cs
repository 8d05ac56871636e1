using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Support;

[Category("Integration")]
internal sealed class TestServicesTests
{
    [Test]
    public async Task The_shared_redis_answers()
    {
        var redis = await TestServices.RedisAsync();

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

        Assert.That(await connection.GetDatabase().PingAsync(), Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task Each_database_is_new_and_has_the_tables_of_dashtam_api()
    {
        await using var first = await TestServices.CreatePostgresDatabaseAsync();
        await using var second = await TestServices.CreatePostgresDatabaseAsync();

        await using var insert = first.CreateCommand(
            "INSERT INTO providers (id, slug, name, credential_type, is_active) "
            + "VALUES (gen_random_uuid(), 'a', 'A', 'oauth2', true)");
        await insert.ExecuteNonQueryAsync();
        await using var count = second.CreateCommand("SELECT count(*) FROM providers");

        Assert.That(await count.ExecuteScalarAsync(), Is.Zero);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_own_redis_keeps_its_port_and_its_append_only_file_over_a_restart(bool gracefully)
    {
        await using var redis = await TestServices.StartOwnRedisAsync("--appendonly", "yes", "--appendfsync", "always");
        await using (var before = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            await before.GetDatabase().StringSetAsync("kept", "yes");
        }

        await (gracefully ? redis.StopAsync() : redis.KillAsync());
        await redis.StartAsync();

        await using var after = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        Assert.That((string?)await after.GetDatabase().StringGetAsync("kept"), Is.EqualTo("yes"));
    }
}
