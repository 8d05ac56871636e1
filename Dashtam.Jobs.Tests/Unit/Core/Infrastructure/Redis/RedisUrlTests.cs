using System.Globalization;
using System.Net;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Settings;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Redis;

[Category("Unit")]
internal sealed class RedisUrlTests
{
    [TestCase("redis://cache", "cache", 6379, 0, null, null, false)]
    [TestCase("redis://cache:6380/3", "cache", 6380, 3, null, null, false)]
    [TestCase("redis://cache/", "cache", 6379, 0, null, null, false)]
    [TestCase("redis://cache/1?db=2", "cache", 6379, 2, null, null, false)]
    [TestCase("redis://:secret@cache:6379/0", "cache", 6379, 0, null, "secret", false)]
    [TestCase("redis://jobs:p%40ss%2F%3Aw%25rd@cache:6379/0", "cache", 6379, 0, "jobs", "p@ss/:w%rd", false)]
    [TestCase("redis://jobs:a:b@cache", "cache", 6379, 0, "jobs", "a:b", false)]
    [TestCase("redis://jobs:a+b@cache", "cache", 6379, 0, "jobs", "a+b", false)]
    [TestCase("redis://jobs@cache", "cache", 6379, 0, "jobs", null, false)]
    [TestCase("rediss://cache.example.com", "cache.example.com", 6379, 0, null, null, true)]
    [TestCase("REDIS://Cache:1", "cache", 1, 0, null, null, false)]
    [TestCase("redis://10.1.2.3:7000", "10.1.2.3", 7000, 0, null, null, false)]
    [TestCase("redis://[::1]:7000/2", "::1", 7000, 2, null, null, false)]
    [TestCase("  redis://cache\n", "cache", 6379, 0, null, null, false)]
    [TestCase("cache:6380", "cache", 6380, null, null, null, false)]
    [TestCase("cache:6380,user=jobs,password=p@ss/:w%rd=,ssl=true,defaultDatabase=4", "cache", 6380, 4, "jobs", "p@ss/:w%rd=", true)]
    public void Both_forms_name_the_same_things(
        string text, string host, int port, int? database, string? user, string? password, bool ssl)
    {
        var options = RedisUrl.Parse("REDIS_URL", text, "jobs-worker");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.EndPoints.Select(Spell), Is.EqualTo([(host, port)]));
            Assert.That(options.DefaultDatabase, Is.EqualTo(database));
            Assert.That(options.User, Is.EqualTo(user));
            Assert.That(options.Password, Is.EqualTo(password));
            Assert.That(options.Ssl, Is.EqualTo(ssl));
        }
    }

    [TestCase("redis://cache")]
    [TestCase("cache:6379,abortConnect=true")]
    public void A_redis_that_is_away_is_waited_for_and_nothing_waits_in_a_backlog(string text)
    {
        var options = RedisUrl.Parse("REDIS_URL", text, "jobs-worker");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.AbortOnConnectFail, Is.False);
            Assert.That(options.BacklogPolicy, Is.SameAs(BacklogPolicy.FailFast));
            Assert.That(options.AsyncTimeout, Is.EqualTo(5000));
            Assert.That(options.ClientName, Is.EqualTo("jobs-worker"));
        }
    }

    [TestCase("redis+sentinel://one:1,two/main/3", "one:1 two:26379", "main", 3, null, null, false)]
    [TestCase("redis+sentinel://jobs:p%40ss@one,two:2,[::1]:3/my%20main", "one:26379 two:2 ::1:3", "my main", 0, "jobs", "p@ss", false)]
    [TestCase("rediss+sentinel://:p,w@one/main?db=2", "one:26379", "main", 2, null, "p,w", true)]
    [TestCase("redis://jobs:pw@one:7000,two:7001", "one:7000 two:7001", null, 0, "jobs", "pw", false)]
    [TestCase("one:1,two:2,serviceName=main,password=pw", "one:1 two:2", "main", null, null, "pw", false)]
    public void Several_hosts_are_nodes_of_a_cluster_or_sentinels(
        string text, string hosts, string? service, int? database, string? user, string? password, bool ssl)
    {
        var options = RedisUrl.Parse("REDIS_URL", text, "jobs-worker");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                string.Join(' ', options.EndPoints.Select(Spell).Select(host => $"{host.Host}:{host.Port}")), Is.EqualTo(hosts));
            Assert.That(options.ServiceName, Is.EqualTo(service));
            Assert.That(options.DefaultDatabase, Is.EqualTo(database));
            Assert.That(options.User, Is.EqualTo(user));
            Assert.That(options.Password, Is.EqualTo(password));
            Assert.That(options.Ssl, Is.EqualTo(ssl));
        }
    }

    [Test]
    public void Sentinels_may_have_a_user_and_a_password_of_their_own()
    {
        var options = RedisUrl.Parse(
            "REDIS_URL", "redis+sentinel://jobs:pw@one/main?sentinel_user=watch&sentinel_password=s%26p", "jobs-worker");

        Assert.That((options.SentinelUser, options.SentinelPassword), Is.EqualTo(("watch", "s&p")));
    }

    [Test]
    public void A_file_of_an_authority_that_cannot_be_read_is_an_error_that_names_the_parameter()
    {
        var error = Assert.Throws<InvalidSettingException>(
            () => RedisUrl.Parse("REDIS_URL", "rediss://:hunter2@cache?ssl_ca_certs=/no/such/file", "jobs-worker"));

        Assert.That(error.Message, Does.Contain("ssl_ca_certs").And.Not.Contain("such").And.Not.Contain("hunter2"));
    }

    [Test]
    public void What_an_operator_writes_into_a_native_string_wins_except_for_the_deadline()
    {
        var options = RedisUrl.Parse("REDIS_URL", "one:1,two:2,asyncTimeout=700,keepAlive=3,name=mine", "jobs-worker");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.EndPoints, Has.Count.EqualTo(2));
            Assert.That(options.AsyncTimeout, Is.EqualTo(5_000), "the audit's second look is made for it");
            Assert.That(options.KeepAlive, Is.EqualTo(3));
            Assert.That(options.ClientName, Is.EqualTo("mine"));
        }
    }

    [TestCase("unix:///run/redis.sock", null, null, 0)]
    [TestCase("unix://jobs:p%40ss@/run/redis.sock?db=2", "jobs", "p@ss", 2)]
    [TestCase("!/run/redis.sock,user=jobs,password=pw,defaultDatabase=1", "jobs", "pw", 1)]
    public void A_Redis_of_this_machine_may_be_a_Unix_socket(string text, string? user, string? password, int database)
    {
        var options = RedisUrl.Parse("REDIS_URL", text, "jobs-worker");

        Assert.That(options.EndPoints.Single().ToString(), Is.EqualTo("/run/redis.sock"));
        Assert.That((options.User, options.Password, options.DefaultDatabase ?? 0), Is.EqualTo((user, password, database)));
    }

    [Test]
    public void A_native_string_s_password_may_look_like_a_url() => Assert.That(
        RedisUrl.Parse("REDIS_URL", "cache:6379,password=a://b", "jobs-worker").Password, Is.EqualTo("a://b"));

    [TestCase("http://:hunter2@cache:6379/0")]
    [TestCase("redis://:hunter2@/0")]
    [TestCase("redis:///0")]
    [TestCase("redis://:hunter2@cache:0/0")]
    [TestCase("redis://:hunter2@cache:70000/0")]
    [TestCase("redis://:hunter2@cache:port/0")]
    [TestCase("redis://:hunter2@cache:6379/first")]
    [TestCase("redis://:hunter2@cache:6379/-1")]
    [TestCase("redis://:hunter2@cache:6379/0/1")]
    [TestCase("redis://:hunter2@cache:6379/0?ssl_cert_reqs=none")]
    [TestCase("redis://:hunter2#x@cache:6379/0")]
    [TestCase("redis://:hunter2/x@cache:6379/0")]
    [TestCase("redis://:hunter2@cache:6379,/0")]
    [TestCase("redis://:hunter2@cache?ssl_ca_certs=/etc/hosts")]
    [TestCase("redis://:hunter2@cache?sentinel_password=x")]
    [TestCase("redis+sentinel://:hunter2@cache:26379")]
    [TestCase("redis+sentinel://:hunter2@cache:26379//0")]
    [TestCase("redis+sentinel://:hunter2@cache:26379/main/first")]
    [TestCase("redis+cluster://:hunter2@cache:26379")]
    [TestCase("cache:6379,password=hunter2,nonsense=1")]
    [TestCase("cache:6379,password=hunter2,ssl=perhaps")]
    [TestCase("password=hunter2")]
    [TestCase("cache and more,password=hunter2")]
    [TestCase(":6379,password=hunter2")]
    [TestCase("redis+sentinel://user:123/hunter2@one/0")]
    [TestCase("cache:6379,password=hun,ter2")]
    [TestCase("cache:6379,password=hunter2,name=my worker")]
    [TestCase("cache:6379,password=hunter2,defaultDatabase=-1")]
    [TestCase("!/run/redis.sock,password=hunter2,ssl=true")]
    [TestCase("unix://hunter2")]
    [TestCase("unix://:hunter2/run/redis.sock")]
    [TestCase("unix://:hun/ter2@/run/redis.sock")]
    [TestCase("unix:///run/redis.sock?password=hunter2")]
    [TestCase("unix:///run/redis.sock#hunter2")]
    [TestCase(" ")]
    public void Neither_form_is_an_error_that_names_the_variable_and_no_secret(string text)
    {
        var error = Assert.Throws<InvalidSettingException>(() => RedisUrl.Parse("SSE_REDIS_URL", text, "jobs-worker"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Setting, Is.EqualTo("SSE_REDIS_URL"));
            Assert.That(error.Message, Does.StartWith("SSE_REDIS_URL: ").And.Contains("redis://user:password@host:6379/0"));
            Assert.That(error.ToString(), Does.Not.Contain("hunter2"));
        }
    }

    private static (string Host, int Port) Spell(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint name => (name.Host, name.Port),
        IPEndPoint address => (address.Address.ToString(), address.Port),
        _ => throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"{endpoint} is neither."), nameof(endpoint)),
    };
}
