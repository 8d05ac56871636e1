using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Redis;

[Category("Unit")]
internal sealed class RedisOptionsTests
{
    private static readonly LocalMode Deployed = new(EmbedsRedis: false, EmbedsDatabase: false, RedisPort: 6381);
    private static readonly LocalMode Local = new(EmbedsRedis: true, EmbedsDatabase: true, RedisPort: 7777);

    [Test]
    public void Notices_go_to_the_server_of_the_queue_unless_they_have_one()
    {
        var shared = Read(Deployed, ("REDIS_URL", "redis://cache"));
        var apart = Read(Deployed, ("REDIS_URL", "redis://cache"), ("SSE_REDIS_URL", "redis://notices"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(shared.HasNoticesServer, Is.False);
            Assert.That(shared.Notices(Deployed, "x").EndPoints.Single().ToString(), Does.Contain("cache:6379"));
            Assert.That(apart.HasNoticesServer, Is.True);
            Assert.That(apart.Notices(Deployed, "x").EndPoints.Single().ToString(), Does.Contain("notices:6379"));
            Assert.That(apart.Queue(Deployed, "x").EndPoints.Single().ToString(), Does.Contain("cache:6379"));
        }
    }

    [Test]
    public void A_local_run_finds_the_embedded_server()
    {
        var options = Read(Local);

        Assert.That(options.Queue(Local, "x").EndPoints.Single().ToString(), Is.EqualTo("127.0.0.1:7777"));
    }

    [TestCase("", "", "REDIS_URL")]
    [TestCase("nonsense://", "", "REDIS_URL")]
    [TestCase("redis://cache", "http://x", "SSE_REDIS_URL")]
    public void A_missing_or_bad_setting_stops_the_start(string redis, string notices, string culprit)
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Read(Deployed, ("REDIS_URL", redis), ("SSE_REDIS_URL", notices)));

        Assert.That(error.Failures.Single(), Does.StartWith($"{culprit}: "));
    }

    [Test]
    public void Each_queue_may_have_a_server_of_its_own()
    {
        var options = Read(Deployed, ("REDIS_URL", "redis://cache"), ("JOBS_QUEUE_URLS", "a=redis://one:7001/2  b=two:7002,password=x=y"));

        Assert.That(options.Servers().Keys, Is.EqualTo(["a", "b"]));
        Assert.That($"{options.OfQueue("a")!.Queue(Deployed, "test").EndPoints[0]}", Does.Contain("one:7001"));
        Assert.That(options.OfQueue("c"), Is.Null);
    }

    [TestCase("redis://user:hidden=x@other:6379/0")]
    [TestCase("user:hidden@other=redis://x")]
    [TestCase("=redis://:hidden@x")]
    [TestCase("a=")]
    [TestCase("hidden")]
    [TestCase("a=nonsense://hidden")]
    [TestCase("a=redis://:hidden@x a=redis://y")]
    public void A_bad_list_of_servers_stops_the_start_and_shows_nothing_of_it(string text)
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Read(Deployed, ("REDIS_URL", "redis://cache"), ("JOBS_QUEUE_URLS", text)));

        Assert.That(error.Failures.Single(), Does.StartWith("JOBS_QUEUE_URLS: ").And.Not.Contain("hidden"));
    }

    private static RedisOptions Read(LocalMode local, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddRedisOptions(local)
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<RedisOptions>>().Value;
    }
}
