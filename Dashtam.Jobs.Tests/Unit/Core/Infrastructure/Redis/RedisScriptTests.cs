using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using NSubstitute;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Redis;

[Category("Unit")]
internal sealed class RedisScriptTests
{
    private static readonly RedisKey[] Empty = ["", default, new RedisKey(""), Array.Empty<byte>()];

    [TestCaseSource(nameof(Empty))]
    public void A_script_is_not_sent_with_an_empty_key_because_no_ACL_allows_one(RedisKey empty)
    {
        var database = Substitute.For<IDatabase>();
        var script = RedisScript.Load("unpark.lua");

        Assert.That(
            () => script.RunAsync(database, ["{q}:parked", empty], ["member"], CancellationToken.None),
            Throws.ArgumentException);
        Assert.That(database.ReceivedCalls(), Is.Empty);
    }

    [Test]
    public void A_script_over_the_blocking_connection_is_not_sent_with_an_empty_key()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var connection = BlockingRedis.Open(server.LocalEndpoint, new ConfigurationOptions(), TimeSpan.FromSeconds(5));

        Assert.That(() => RedisScript.Load("heartbeat.lua").Run(connection, ["a", ""], []), Throws.ArgumentException);
    }
}
