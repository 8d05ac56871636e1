using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Redis;

/// <summary>The heartbeat's own client goes wherever the library goes, as whoever the library is.</summary>
[Category("Integration")]
internal sealed class BlockingRedisTests
{
    private static readonly byte[][] WhoAmI = [[.. "ACL"u8], [.. "WHOAMI"u8]];

    private static DirectoryInfo _folder = null!;
    private static OwnRedis _redis = null!;
    private static string _socket = null!;

    [OneTimeSetUp]
    public static async Task SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("dashtam-socket-");
        _socket = Path.Combine(_folder.FullName, "r.sock");
        _redis = await TestServices.StartRedisProcessAsync("--unixsocket", _socket);
        await using var admin = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "free", "on", "nopass", "~*", "&*", "+@all");
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "jobs", "on", ">pw", "~*", "&*", "+@all");
    }

    [OneTimeTearDown]
    public static async Task TearDown()
    {
        await _redis.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [TestCase("unix://{0}", "default")]
    [TestCase("!{0}", "default")]
    [TestCase("unix://jobs:pw@{0}?db=1", "jobs")]
    [TestCase("!{0},user=jobs,password=pw,name=mine", "jobs")]
    [TestCase("{1},user=free", "free")]
    [TestCase("{1},user=jobs,password=pw,defaultDatabase=2,protocol=resp3", "jobs")]
    public async Task Both_connections_reach_the_same_server_as_the_same_user(string form, string user)
    {
        var text = string.Format(CultureInfo.InvariantCulture, form, _socket, _redis.ConnectionString);
        var options = RedisUrl.Parse("REDIS_URL", text, "jobs-worker");

        await using var library = await ConnectionMultiplexer.ConnectAsync(options);
        var owner = RedisConnections.Owner(library, "a key");
        using var blocking = BlockingRedis.Open(owner, RedisUrl.Parse("REDIS_URL", text, "jobs-worker"), TimeSpan.FromSeconds(5));

        Assert.That((string?)await library.GetDatabase().ExecuteAsync("ACL", "WHOAMI"), Is.EqualTo(user));
        Assert.That(blocking.Execute(WhoAmI), Is.EqualTo(Encoding.ASCII.GetBytes(user)));
    }
}
