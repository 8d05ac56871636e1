using System.Text.Json;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Scheduler.Cli;

/// <summary>The command as an operator meets it: exit code, what is printed and where.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(90_000)]
internal sealed class FsckCommandTests
{
    private TestQueue _queue = null!;
    private (string, string)[] _settings = [];

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _settings =
        [
            ("REDIS_URL", (await TestServices.RedisAsync()).ConnectionString), // and no DATABASE_URL
            ("JOBS_QUEUE_NAME", _queue.Options.Name),
            ("JOB_RESULT_PREFIX", _queue.Options.ResultPrefix),
        ];
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_clean_queue_ends_with_0()
    {
        var run = await CommandRun.RunAsync(["fsck"], _settings);

        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.That(run.Output, Does.StartWith($"{_queue.Options.Name}: clean"));
        Assert.That(run.Errors, Is.Empty);
    }

    [Test]
    public async Task What_is_found_and_left_ends_with_1_and_what_is_repaired_with_0()
    {
        var key = await BreakAsync();

        var found = await CommandRun.RunAsync(["fsck"], _settings);
        var repaired = await CommandRun.RunAsync(["fsck", "--repair", "--no-progress"], _settings);

        Assert.That(found.ExitCode, Is.EqualTo(1), found.Errors);
        Assert.That(found.Output, Does.Contain("once_key_without_ttl").And.Contain($"{key}").And.Contain("left 1"));
        Assert.That(repaired.ExitCode, Is.Zero, repaired.Errors);
        Assert.That(repaired.Output, Does.Contain("left 0"));
        Assert.That(await _queue.Queue.KeyTimeToLiveAsync(key), Is.Not.Null);
    }

    [Test]
    public async Task Json_is_all_that_there_is_on_standard_output()
    {
        var key = await BreakAsync();

        var run = await CommandRun.RunAsync(["fsck", "--format", "json"], _settings);

        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(report.GetProperty("clean").GetBoolean(), Is.False);
        Assert.That(report.GetProperty("left").GetInt64(), Is.EqualTo(1));
        Assert.That(report.GetProperty("findings")[0].GetProperty("kind").GetString(), Is.EqualTo("once_key_without_ttl"));
        Assert.That(report.GetProperty("findings")[0].GetProperty("key").GetString(), Is.EqualTo($"{key}"));
    }

    [Test]
    public async Task A_Redis_that_is_away_ends_with_2_and_names_the_variable()
    {
        var run = await CommandRun.RunAsync(["fsck"], ("REDIS_URL", "redis://user:s3cret@127.0.0.1:1/0"));

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("REDIS_URL").And.Not.Contain("s3cret"));
        Assert.That(run.Output, Is.Empty);
    }

    [TestCase("REDIS_URL", "http://user:s3cret@host")]
    [TestCase("REDIS_URL", "")]
    [TestCase("JOBS_QUEUE_NAME", "a{b}")]
    [TestCase("WORKER_LEASE_SECONDS", "1")]
    [TestCase("JOB_RESULT_TTL", "soon")]
    public async Task A_bad_setting_ends_with_2_and_is_named(string setting, string value)
    {
        var run = await CommandRun.RunAsync(["fsck"], [.. _settings, (setting, value)]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.StartWith(setting).And.Not.Contain("s3cret"));
        Assert.That(run.Output, Is.Empty);
    }

    [TestCase("bogus")]
    [TestCase("fsck", "--mend")]
    [TestCase("fsck", "--format", "xml")]
    public async Task A_command_or_option_that_does_not_exist_ends_with_2_and_the_usage(params string[] arguments)
    {
        var run = await CommandRun.RunAsync(arguments, _settings);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain(arguments[^1]).And.Contain("Usage:"));
        Assert.That(run.Output, Is.Empty);
    }

    [NotOnGarnet("it is embedded without users (ACL)")]
    [Test]
    public async Task The_documented_user_may_do_all_that_a_repair_needs()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        var user = new AclUsers(new AclSettings(new QueueOptions())).OnQueue.Single(one => one.Name == "fsck");
        await admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", .. user.ToString().Split(' ')]);
        await BreakAllAsync(new QueueKeys(Options.Create(new QueueOptions())), admin.GetDatabase());
        var url = $"redis://dashtam-fsck:change-me-fsck@{redis.ConnectionString}/0";

        var run = await CommandRun.RunAsync(["fsck", "--repair"], ("REDIS_URL", url));

        var log = await admin.GetDatabase().ExecuteAsync("ACL", "LOG");
        Assert.That(Enumerable.Range(0, log.Length).Select(i => log[i].ToDictionary()["object"].ToString()), Is.Empty);
        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Errors);
        Assert.That(run.Output, Does.Contain("inconsistencies 12, left 0"));
    }

    [Test]
    public async Task Help_names_the_commands()
    {
        var run = await CommandRun.RunAsync(["--help"]);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output, Does.Contain("fsck"));
    }

    private static async Task BreakAllAsync(QueueKeys keys, IDatabase redis)
    {
        var now = ((DateTimeOffset)await redis.Multiplexer.GetServers()[0].TimeAsync()).ToUnixTimeMilliseconds();
        await redis.StringSetAsync(keys.OnceById("t"), "1");
        await redis.StringSetAsync(keys.Result("t"), "{}");
        await redis.HashSetAsync(keys.Worker("w"), "oldest_started_ms", "1");
        await redis.SortedSetAddAsync(keys.Workers, "w", now + 3_600_000);
        await redis.SortedSetAddAsync(keys.Departed, "gone", 1);
        await redis.ListLeftPushAsync(keys.Processing("gone"), FsckBench.Envelope("a"));
        await redis.ListLeftPushAsync(keys.Processing("ghost"), FsckBench.Envelope("b"));
        await redis.HashSetAsync(keys.Suspects, "0123abcd", 1);
        await redis.SortedSetAddAsync(keys.Dead, "8", now);
        await redis.HashSetAsync(keys.DeadEntries, "9", "{}\n[]");
        await redis.SortedSetAddAsync(keys.Delayed, """3|{"task_id": "bad"}""", now + 3_600_000);
    }

    private async Task<RedisKey> BreakAsync()
    {
        var key = _queue.Keys.OnceById("t");
        await _queue.Queue.StringSetAsync(key, "1");
        return key;
    }
}
