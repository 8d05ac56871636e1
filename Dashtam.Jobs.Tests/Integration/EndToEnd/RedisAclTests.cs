using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>The processes as the users that the command <c>acl</c> prints.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class RedisAclTests
{
    private const string Ready = "dashtam:jobs";
    private const string Stats = "{dashtam:jobs}:stats:jobs";
    private const string User = "5eed0000-0000-7000-8000-000000000001";

    [Test]
    public async Task Every_job_runs_as_the_users_of_the_printed_file_and_Redis_refuses_nothing()
    {
        var file = Path.Combine(Path.GetTempPath(), $"dashtam-{Guid.NewGuid():N}.acl");
        await File.WriteAllTextAsync(file, (await CommandRun.RunAsync(["acl", "--format", "file"])).Output);
        await using var redis = await TestServices.StartRedisProcessAsync("--aclfile", file);
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await using var database = await SeededAsync();
        using var api = new SyncsServer();
        await using var worker = ServiceProcess.Worker([.. Settings(redis, "worker", database), .. api.Settings]);
        await using var scheduler = ServiceProcess.Scheduler(
            [.. Settings(redis, "scheduler", database), ("TOKEN_CHECK_CRON", "0/2 * * * * *"), ("SESSION_CHECK_CRON", "1/2 * * * * *")]);
        await worker.UntilReadyAsync();
        await using var producer = await ConnectAsync(redis, "user=dashtam-producer,password=change-me-producer");

        string[] succeed = await PushAllAsync(producer.GetDatabase());
        await EnqueueAsNetProducerAsync(redis, "net", "net-delayed");
        foreach (var id in (string[])[.. succeed, "net", "net-delayed", Hex("dead")])
        {
            await worker.UntilAsync(() => producer.GetDatabase().KeyExistsAsync($"taskiq:result:{id}"), $"a result of {id}");
        }

        await worker.UntilAsync(
            async () => (await SucceededAsync(admin)).SetEquals(Catalogue()), "each job of the catalogue has succeeded");
        foreach (var id in (string[])[.. succeed, Hex("dead")])
        {
            Assert.That(PickleReader.IsPickle((byte[]?)await producer.GetDatabase().StringGetDeleteAsync(id) ?? []), Is.True, id);
        }

        var errors = await Task.WhenAll(succeed.Select(id => IsErrorAsync(producer.GetDatabase(), id)));
        Assert.That(errors, Is.All.False);
        Assert.That(await worker.TerminateAsync(), Is.Zero);
        Assert.That(await scheduler.TerminateAsync(), Is.Zero);
        Assert.That(await AclBench.DeniedAsync(admin.GetDatabase()), Is.Empty);
        Assert.That(worker.Lines.Concat(scheduler.Lines), Has.None.Contains("NOPERM").And.None.Contains("change-me"));
        File.Delete(file);
    }

    /// <summary>Redis reads its append-only file as the default user: one without rights loses each transaction in there.</summary>
    [Test]
    public async Task What_scripts_wrote_survives_a_restart_with_the_users_of_the_sample_deployment()
    {
        var secrets = Directory.CreateTempSubdirectory("dashtam-secrets-");
        await MakeSecretsAsync(secrets);
        await using var redis = await TestServices.StartRedisProcessAsync(
            "--aclfile", Path.Combine(secrets.FullName, "redis_acl"), "--appendonly", "yes", "--appendfsync", "always");
        var login = $"user=dashtam-worker,password={(await File.ReadAllTextAsync(Path.Combine(secrets.FullName, "redis_password_worker"))).Trim()}";
        await using var worker = await ConnectAsync(redis, login);
        await worker.GetDatabase().ScriptEvaluateAsync(
            "redis.call('LPUSH', KEYS[1], 'a') redis.call('LPUSH', KEYS[1], 'b')", [Ready]);

        await redis.KillAsync();
        await redis.StartAsync();
        await using var again = await ConnectAsync(redis, login);

        // A Redis that still loads its file answers NOAUTH to a PING without a login, and that counts as started.
        long length = 0;
        await Eventually.SucceedsAsync(
            async () => length = await again.GetDatabase().ListLengthAsync(Ready),
            error => error is RedisServerException && error.Message.StartsWith("LOADING", StringComparison.Ordinal));
        Assert.That(length, Is.EqualTo(2));
        secrets.Delete(recursive: true);
    }

    [Test]
    public async Task Secrets_of_an_earlier_version_get_a_default_user_that_Redis_can_load_with()
    {
        var secrets = Directory.CreateTempSubdirectory("dashtam-secrets-");
        var acl = Path.Combine(secrets.FullName, "redis_acl");
        await File.WriteAllTextAsync(acl, "user default off\nuser another on nopass ~* +@all\n");

        await MakeSecretsAsync(secrets);

        Assert.That(await File.ReadAllTextAsync(acl), Is.EqualTo("user default off ~* &* +@all\nuser another on nopass ~* +@all\n"));
        secrets.Delete(recursive: true);
    }

    [Test]
    public async Task Secrets_of_an_earlier_version_get_this_version_s_users_and_keep_their_passwords()
    {
        var secrets = Directory.CreateTempSubdirectory("dashtam-secrets-");
        var acl = Path.Combine(secrets.FullName, "redis_acl");
        await MakeSecretsAsync(secrets);
        var made = await File.ReadAllLinesAsync(acl);
        var worker = Array.FindIndex(made, line => line.StartsWith("user dashtam-worker ", StringComparison.Ordinal));
        var password = made[worker].Split(' ')[4];
        string[] before =
        [
            .. made[..worker],
            made[worker].Replace(" ~{dashtam:jobs}:parked:bytes", "", StringComparison.Ordinal),
            .. made[(worker + 1)..^2],
            "user dashtam-operator on #ab12/&cd resetchannels ~dashtam:jobs +llen",
            "user dashtam-fsck-of-another-queue on >a&b ~jobs +llen",
            "user another on >pw ~* +@all",
        ];
        File.Delete(acl);
        await File.WriteAllLinesAsync(acl, before);

        await MakeSecretsAsync(secrets);

        var after = await File.ReadAllLinesAsync(acl);
        Assert.That(password, Has.Length.EqualTo(49).And.StartsWith(">"));
        Assert.That(after[..^4], Is.EqualTo(made[..^2]), "the worker's line is this version's, with its password");
        Assert.That(after[^4], Does.StartWith("user dashtam-operator reset on #ab12/&cd resetchannels ").And.Contain("+acl|whoami"));
        Assert.That(after[^3..^1], Is.EqualTo(before[^2..]), "lines of others stay");
        Assert.That(after[^1], Is.EqualTo(made[^2]), "a user that the earlier version did not have");
        secrets.Delete(recursive: true);
    }

    [Test]
    public async Task Schedules_are_listed_paused_and_resumed_as_the_documented_user()
    {
        const string Schedule = "check_expiring_tokens";
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin);
        await admin.GetDatabase().HashSetAsync("{dashtam:jobs}:schedules", Schedule, $"*/15 * * * *|UTC|{Schedule}");
        using var host = await StartProgramAsync(redis, "schedule-control");
        var control = host.Services.GetRequiredService<IScheduleControl>();

        await control.PauseAsync(Schedule, CancellationToken.None);
        var paused = await control.ListAsync(CancellationToken.None);
        var resumed = await control.ResumeAsync(Schedule, CancellationToken.None);
        await StopAsync(host);

        Assert.That(paused.Single().PausedSince, Is.Not.Null);
        Assert.That(resumed, Is.True);
        Assert.That(await AclBench.DeniedAsync(admin.GetDatabase()), Is.Empty);
    }

    [Test]
    public async Task A_permission_that_is_taken_away_is_named_and_the_worker_goes_on_when_it_is_given()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin);
        await using var worker = ServiceProcess.Worker(Settings(redis, "worker"));
        await worker.UntilReadyAsync();

        await SetUsersAsync(admin, without: " +blmove");
        await worker.UntilLoggedAsync("fetch_failed");
        Assert.That(worker.Lines, Has.Some.Contains("'blmove'"));

        await SetUsersAsync(admin);
        await worker.UntilLoggedAsync("fetch_resumed");
        await worker.UntilReadyAsync();
    }

    [Test]
    public async Task Without_the_right_to_end_connections_a_worker_says_so_and_loses_no_job()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin, without: " +client|kill");
        await using var worker = ServiceProcess.Worker(Settings(redis, "worker"));
        await worker.UntilReadyAsync();
        await worker.UntilAsync(async () => await WaiterAsync(admin) is not null, "a connection that waits");

        // A wait whose connection breaks: what waits in Redis would be ended first, were it allowed. A wait may end by itself between the
        // look and the kill, so the next one is ended then.
        await worker.UntilAsync(() => BreakAWaitAsync(admin, worker), "a wait broke and could not be ended");
        await admin.GetDatabase().ListLeftPushAsync(Ready, Canary.Envelope("after"));
        await worker.UntilAsync(() => admin.GetDatabase().KeyExistsAsync("taskiq:result:after"), "a result");

        Assert.That(worker.Lines, Has.Some.Contains("client|kill"));
        Assert.That(await AclBench.DeniedAsync(admin.GetDatabase()), Is.All.Contains("client|kill"));
    }

    [Test]
    public async Task With_the_users_of_the_release_before_every_job_is_settled_and_bare_results_alone_are_missing()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin);
        var user = new AclUsers(new AclSettings(new QueueOptions { TaskiqResults = TaskiqResults.None })).Worker;
        var old = $"{user with { Grants = [.. user.Grants.Where(grant => !grant.IsOptional)] }}";
        await admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", .. old.Split(' ')]);
        await using var worker = ServiceProcess.Worker(Settings(redis, "worker"));
        await worker.UntilReadyAsync();
        var database = admin.GetDatabase();
        string[] ids = [Hex("1"), "own", Hex("2"), "11111111-2222-3333-4444-555555555555"];

        await database.ListLeftPushAsync(Ready, [.. ids.Select(id => (RedisValue)Canary.OfTaskiq(id)), Canary.OfTaskiq("dead", failAttempts: 9)]);
        foreach (var id in (string[])[.. ids, "dead"])
        {
            await worker.UntilAsync(() => database.KeyExistsAsync($"taskiq:result:{id}"), $"a result of {id}");
            Assert.That(await database.KeyExistsAsync(id), Is.False);
        }

        Assert.That((int)await database.HashGetAsync(Stats, "run_canary:succeeded"), Is.EqualTo(ids.Length));
        await worker.UntilAsync(
            async () => (int)await database.HashGetAsync(Stats, "bare_results:not_permitted") == ids.Length + 1, "each is counted");
        Assert.That(worker.Count("bare_result_not_permitted"), Is.EqualTo(1));
        Assert.That(worker.Count("settlement_repeated"), Is.Zero);
    }

    [TestCase("worker", " ~{dashtam:jobs}:parked:bytes", "get on {dashtam:jobs}:parked:bytes")]
    [TestCase("worker", " +lrem", "lrem on {dashtam:jobs}:isolated")]
    [TestCase("scheduler", " ~{dashtam:jobs}:schedules:alive", "hget on {dashtam:jobs}:schedules:alive")]
    [TestCase("scheduler", " +lpush", "lpush on dashtam:jobs")]
    public async Task A_process_whose_user_lacks_a_right_names_it_and_ends_before_it_registers(string user, string without, string lacks)
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var admin = await ConnectAsync(redis, "allowAdmin=true");
        await SetUsersAsync(admin, without);
        await using var service = user == "worker"
            ? ServiceProcess.Worker(Settings(redis, user))
            : ServiceProcess.Scheduler(Settings(redis, user));

        Assert.That(await service.ExitAsync(), Is.EqualTo(1));

        Assert.That(service.Lines, Has.One.Contains(lacks).And.One.Contains($"the line of dashtam-{user}"));
        Assert.That((long)await admin.GetDatabase().ExecuteAsync("DBSIZE"), Is.Zero, "it has touched nothing");
        Assert.That(service.Count("redis_user_outdated"), Is.EqualTo(1));
    }

    /// <summary>Python's producer: each job that is not scheduled, with each of its arguments; and what ends elsewhere.</summary>
    private static async Task<string[]> PushAllAsync(IDatabase producer)
    {
        await PushAsync(producer, "user", "send_notification", $$$"""{"user_id": "{{{User}}}", "event_type": "a", "data": {}}""");
        await PushAsync(producer, "all", "send_notification", """{"broadcast": true, "event_type": "a", "data": {}}""");
        await PushAsync(producer, "sync", "sync_accounts", """{"force": true}""");
        await PushAsync(producer, "canary", "run_canary", """{"sleep_ms": 1, "echo": {"a": 1}, "effect": "one"}""");
        await PushAsync(producer, "retried", "run_canary", """{"fail_attempts": 1}""");
        await PushAsync(producer, "dead", "run_canary", """{"fail_attempts": 9}""");
        await PushAsync(producer, "parked", "no_such_job", "{}");
        await producer.ListLeftPushAsync(Ready, "no envelope");
        return [.. ((string[])["user", "all", "sync", "canary", "retried"]).Select(Hex)];
    }

    private static Task PushAsync(IDatabase producer, string id, string job, string arguments) => producer.ListLeftPushAsync(
        Ready, $$"""{"task_id": "{{Hex(id)}}", "task_name": "{{job}}", "labels": {}, "labels_types": {}, "args": [], "kwargs": {{arguments}}}""");

    /// <summary>An id as TaskIQ makes them, which the users' patterns allow as a key.</summary>
    private static string Hex(string id) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)).PadLeft(32, '0');

    private static HashSet<string> Catalogue() =>
    [
        .. typeof(JobAttribute).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<JobAttribute>()?.Name).OfType<string>(),
    ];

    private static async Task<HashSet<string>> SucceededAsync(ConnectionMultiplexer admin) =>
    [
        .. (await admin.GetDatabase().HashGetAllAsync(Stats)).Select(entry => ((string)entry.Name!).Split(':'))
            .Where(name => name[1] == "succeeded").Select(name => name[0]),
    ];

    private static async Task<bool> IsErrorAsync(IDatabase producer, string id) =>
        JsonElement.Parse((byte[])(await producer.StringGetAsync($"taskiq:result:{id}"))!).GetProperty("is_err").GetBoolean();

    /// <summary>The id of the connection that waits in <c>BLMOVE</c>; null: none does.</summary>
    private static async Task<string?> WaiterAsync(ConnectionMultiplexer admin) =>
        ((string)(await admin.GetDatabase().ExecuteAsync("CLIENT", "LIST"))!).Split('\n')
            .FirstOrDefault(line => line.Contains("cmd=blmove", StringComparison.Ordinal)
                && line.Contains(" flags=b ", StringComparison.Ordinal)) is { } waiter
            ? waiter[(waiter.IndexOf("id=", StringComparison.Ordinal) + "id=".Length)..].Split(' ')[0] // "txt:" may stand before the first line
            : null;

    private static async Task<bool> BreakAWaitAsync(ConnectionMultiplexer admin, ServiceProcess worker)
    {
        if (worker.Count("redis_permission_missing") == 0 && await WaiterAsync(admin) is { } id)
        {
            await admin.GetDatabase().ExecuteAsync("CLIENT", "KILL", "ID", id);
        }

        return worker.Count("redis_permission_missing") > 0;
    }

    private static async Task<NpgsqlDataSource> SeededAsync()
    {
        var database = await TestServices.CreatePostgresDatabaseAsync();
        await using var seed = database.CreateCommand(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "sql", "02-seed.sql")));
        await seed.ExecuteNonQueryAsync();
        return database;
    }

    private static async Task SetUsersAsync(ConnectionMultiplexer admin, string without = " +nothing")
    {
        var settings = new AclSettings(new QueueOptions(), MayKill: without != " +client|kill");
        foreach (var user in new AclUsers(settings).OnQueue)
        {
            var rules = user.ToString().Replace(without, "", StringComparison.Ordinal);
            await admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", .. rules.Split(' ')]);
        }
    }

    /// <summary>Somebody else's program that uses this library.</summary>
    private static async Task<IHost> StartProgramAsync(OwnRedis redis, string user)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["REDIS_URL"] = Url(redis, user),
        });
        builder.Services.AddJobProducer();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static async Task EnqueueAsNetProducerAsync(OwnRedis redis, string id, string delayedId)
    {
        using var host = await StartProgramAsync(redis, "net-producer");
        var producer = host.Services.GetRequiredService<IJobProducer>();
        var delayed = new EnqueueOptions { Delay = TimeSpan.FromSeconds(0.2) };
        await producer.EnqueueManyAsync([Job(id)], EnqueueOptions.Default, CancellationToken.None);
        await producer.EnqueueAsync(Job(delayedId), delayed, CancellationToken.None);
        await StopAsync(host);
    }

    private static JobEnvelope Job(string id) => new() { TaskId = id, TaskName = "run_canary" };

    private static string Url(OwnRedis redis, string user) =>
        $"redis://dashtam-{user}:change-me-{user}@{redis.ConnectionString}/0";

    private static Task MakeSecretsAsync(DirectoryInfo folder) => LocalCommand.RunAsync(
        "env", $"SECRETS_DIR={folder.FullName}", "bash", Path.Combine(Sources.Root, "deploy/secrets.sh"));

    private static Task<ConnectionMultiplexer> ConnectAsync(OwnRedis redis, string more) =>
        ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},{more},$CONFIG=,tiebreaker=,configChannel=,setlib=false");

    private static (string Name, string Value)[] Settings(OwnRedis redis, string process, NpgsqlDataSource? database = null) =>
    [
        ("REDIS_URL", Url(redis, process)),
        ("DATABASE_URL", database?.ConnectionString ?? "postgresql://nobody:nothing@127.0.0.1:1/nothing"),
        ("JOBS_RETRY_BASE_SECONDS", "0.05"),
        ("SSE_ENABLE_RETENTION", "true"),
    ];

    /// <summary>dashtam-api's answer to a sync, as it was captured, on loopback.</summary>
    private sealed class SyncsServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _url;

        public SyncsServer()
        {
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                _url = $"http://{probe.LocalEndpoint}/";
            }

            _listener.Prefixes.Add(_url);
            _listener.Start();
            _ = ServeAsync();
        }

        public (string Name, string Value)[] Settings =>
            [("DASHTAM_API_URL", _url), ("DASHTAM_API_SECRET_KEY", new string('k', 32))];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    using var reply = ApiFixture.Load("http-accounts-syncs-201.json").Response();
                    context.Response.StatusCode = (int)reply.StatusCode;
                    context.Response.ContentType = "application/json";
                    context.Response.Close(await reply.Content.ReadAsByteArrayAsync(), willBlock: false);
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
