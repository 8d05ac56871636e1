using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Infrastructure.Effects;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Epochs;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Acl;

/// <summary>Every script, by the code that calls it, as the users that <c>acl</c> prints for a queue of an odd name.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
internal sealed class AclUsersTests
{
    private const string OddName = """jobs *?[a-z]\^ "it's" (1)""";
    private const string Job = "run_canary";
    private static readonly byte[] Json = "{}"u8.ToArray();
    private static readonly CancellationToken None = CancellationToken.None;

    private AclBench _bench = null!;
    private DateTimeOffset _last;

    [SetUp]
    public async Task SetUp() => _bench = await AclBench.StartAsync(OddName, new QueueOptions { MaxEnvelopeBytes = 1_024 });

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task Every_script_runs_as_its_users_and_Redis_refuses_nothing()
    {
        await using var scheduler = await _bench.AsAsync("scheduler");
        await using var worker = await _bench.AsAsync("worker");
        await using var net = await _bench.AsAsync("net-producer");
        await using var python = await _bench.AsAsync("producer");
        await using var control = await _bench.AsAsync("schedule-control");
        await using var fsck = await _bench.AsAsync("fsck");

        await FireAsync(scheduler);
        await FirePythonScheduleAsync(scheduler, python);
        await EnqueueAsync(net, "net");
        await EnqueueAsync(scheduler, "start");
        await ControlAsync(control);
        Assert.That(await new FireMarks(worker, worker.Keys, TimeProvider.System).AreMarkedAsync("", "id", None), Is.True);
        await python.PushAsync(Canary.Envelope("python"));
        await python.ReadyAsync();
        await WorkAsync(worker);
        await ParkAsync(worker);
        await RecoverAsync(worker);
        await NotifyAsync(worker);
        await HandOverAsync(fsck);
        await python.Queue.StringGetAsync(python.Keys.Result("python"));
        await python.Queue.KeyExistsAsync(python.Keys.Result("python"));
        await net.Results.FindAsync("net", None);

        var users = new AclUsers(new AclSettings(_bench.All.Options));
        Assert.That(await new AclRights(worker).RefusedAsync(users.Worker, _ => true, None), Is.Empty);
        Assert.That(await new AclRights(scheduler).RefusedAsync(users.Scheduler, _ => true, None), Is.Empty);
        Assert.That(await new AclRights(net).RefusedAsync(users.Worker, _ => true, None), Has.Some.StartsWith("lrem on "));
        Assert.That(await AclBench.DeniedAsync(_bench.All.Queue), Is.Empty);
        Assert.That(await NeverRunAsync(), Is.Empty, "scripts that this test leaves out");
    }

    /// <summary>Redis 8 answers the question otherwise than Redis 7: an error, where a command has fewer words than it takes.</summary>
    [Test]
    public async Task A_user_with_all_rights_lacks_none_on_the_newest_Redis_either()
    {
        await using var queue = await TestQueue.CreateAsync();
        var users = new AclUsers(new AclSettings(queue.Options));

        Assert.That(await new AclRights(queue).RefusedAsync(users.Worker, _ => true, None), Is.Empty);
        Assert.That(await new AclRights(queue).RefusedAsync(users.Scheduler, _ => true, None), Is.Empty);
    }

    /// <summary>From the scripts themselves: what one of them calls is asked of the user that runs it, and missed when it is not there.</summary>
    [TestCase("worker")]
    [TestCase("scheduler")]
    public async Task Each_command_of_each_script_is_missed_when_the_user_does_not_have_it(string name)
    {
        var users = new AclUsers(new AclSettings(_bench.All.Options));
        var user = name == "worker" ? users.Worker : users.Scheduler;
        await using var queue = await _bench.AsAsync(name);
        var rights = new AclRights(queue);
        var called = CalledByScripts().ToHashSet(StringComparer.Ordinal);
        var asked = AclQuestion.Of(user, _ => true).Select(question => question.Command.Split('|')[0]).ToHashSet(StringComparer.Ordinal);

        Assert.That(called.Except(AskedOfAnyone(users), StringComparer.Ordinal), Is.Empty, "nobody is asked");
        foreach (var command in called.Intersect(asked, StringComparer.Ordinal))
        {
            await SetUserAsync(Regex.Replace($"{user}", $@" \+{command}(\|[a-z]+)?(?=[ )]|$)", "", RegexOptions.None, TimeSpan.FromSeconds(1)));
            Assert.That(await rights.RefusedAsync(user, _ => true, None), Has.Some.StartsWith(command), command);
        }

        await SetUserAsync($"{user}");
        Assert.That(await rights.RefusedAsync(user, _ => true, None), Is.Empty);
    }

    [Test]
    public async Task Without_what_is_optional_no_right_is_missed_and_entries_of_Python_fire()
    {
        var users = new AclUsers(new AclSettings(_bench.All.Options));
        await SetUserAsync($"{Needed(users.Worker)}");
        await SetUserAsync($"{Needed(users.Scheduler)}");
        await using var worker = await _bench.AsAsync("worker");
        await using var scheduler = await _bench.AsAsync("scheduler");
        await using var python = await _bench.AsAsync("producer");

        await FirePythonScheduleAsync(scheduler, python);

        Assert.That(await new AclRights(worker).RefusedAsync(users.Worker, _ => true, None), Is.Empty);
        Assert.That(await new AclRights(scheduler).RefusedAsync(users.Scheduler, _ => true, None), Is.Empty);
        Assert.That(await _bench.All.Queue.KeyExistsAsync(_bench.All.Keys.PythonFires), Is.False);

        static AclUser Needed(AclUser user)
        {
            var needed = user.Grants.Where(grant => !grant.IsOptional).ToList();
            Assert.That(needed, Has.Count.EqualTo(user.Grants.Count - 1));
            return user with { Grants = needed };
        }
    }

    [Test]
    public async Task A_user_may_do_no_more_than_it_needs()
    {
        string own(string name) => _bench.All.Own(name)!;
        (string User, string[] Command)[] tries =
        [
            ("producer", ["SET", OddName, "x"]), ("producer", ["DEL", OddName]), ("producer", ["LRANGE", OddName, "0", "-1"]),
            ("scheduler", ["SET", "schedule:1", "x"]), ("scheduler", ["RPUSH", "schedule:cron", "x"]), ("worker", ["GET", "schedule:1"]),
            ("worker", ["HSET", own("python:entries"), "a", "1"]), ("producer", ["LPUSH", own("python:due"), "x"]),
            ("producer", ["SET", own("result:1"), "x"]), ("producer", ["EVAL", "return 1", "0"]),
            ("net-producer", ["SET", OddName, "x"]), ("net-producer", ["LPOP", OddName]), ("net-producer", ["DEL", own("delayed")]), ("net-producer", ["SET", own("result:1"), "x"]), ("net-producer", ["GET", own("seq:1")]),
            ("scheduler", ["SET", OddName, "x"]), ("scheduler", ["LPOP", OddName]), ("scheduler", ["SET", own("fired"), "x"]),
            ("schedule-control", ["LPUSH", OddName, "x"]), ("schedule-control", ["DEL", own("paused")]),
            ("worker", ["SET", OddName, "x"]), ("worker", ["DEL", OddName]), ("worker", ["SET", own("delayed"), "x"]),
            ("worker", ["DEL", own("delayed")]), ("worker", ["HSET", own("fired"), "a", "1"]), ("worker", ["GET", "another"]),
            ("worker", ["CONFIG", "GET", "*"]), ("worker", ["FLUSHALL"]), ("worker", ["KEYS", "*"]),
            ("operator", ["SET", OddName, "x"]), ("operator", ["DEL", own("delayed")]), ("operator", ["CONFIG", "GET", "*"]),
            ("fsck", ["DEL", OddName]), ("fsck", ["SET", own("dead:entries"), "x"]), ("fsck", ["FLUSHDB"]),
        ];

        using (Assert.EnterMultipleScope())
        {
            foreach (var (user, command) in tries)
            {
                Assert.That(
                    await _bench.RefusalAsync(user, command), Does.Contain("permission"), $"{user}: {string.Join(' ', command)}");
            }
        }
    }

    [TestCase("LPUSH", "")]
    [TestCase("DEL", "result:1")]
    [TestCase("HGET", "dead:entries")]
    [TestCase("HDEL", "dead:entries")]
    [TestCase("ZREM", "dead")]
    [TestCase("HSETNX", "paused")]
    [TestCase("HDEL", "paused")]
    [TestCase("HSET", "fired")]
    public async Task An_operator_may_do_what_the_runbook_tells_him_to(string command, string key)
    {
        string[] arguments = command switch { "DEL" => [], "HSETNX" or "HSET" => ["field", "1"], _ => ["field"] };
        var full = key.Length == 0 ? OddName : (string)_bench.All.Own(key)!;

        Assert.That(await _bench.RefusalAsync("operator", [command, full, .. arguments]), Is.Null);
    }

    private async Task FireAsync(TestQueue scheduler)
    {
        _last = (await scheduler.Ledger.RegisterAsync(Schedule(OverlapPolicy.Queue), remembered: null, None)).Now.AddMinutes(-30);
        await _bench.All.Queue.HashSetAsync(_bench.All.Keys.Fired, "tokens", _last.ToUnixTimeSeconds());
        foreach (var policy in Enum.GetValues<OverlapPolicy>())
        {
            var fire = new ScheduledFire(_last.AddMinutes(1), Envelope($"{policy}"));
            var reply = await scheduler.Ledger.FireAsync(Schedule(policy), new FireBatch(_last, fire.Instant, [fire], 0), None);
            Assert.That(reply.Enqueued, Is.EqualTo(1), $"{policy}");
            _last = fire.Instant;
        }

        var now = await scheduler.Ledger.GetTimeAsync(None);
        await LookAsync(scheduler);
        await MoveMarkBackAsync(scheduler, now);
    }

    private async Task FirePythonScheduleAsync(TestQueue scheduler, TestQueue python)
    {
        using var bench = new PythonScheduleBench(scheduler);
        var now = await bench.Store.GetTimeAsync(None);
        var (minute, name) = (bench.Source.Minute(now), ScheduleSource.Listed("id"));
        await python.Queue.StringSetAsync(bench.Source.Entry(name), PythonEntries.Json("id", time: now));
        await python.Queue.ListRightPushAsync(minute, "id");
        await bench.Lists.LookAsync(None);
        await bench.Keyspace.TurnAsync(None);
        await bench.Due.FireAsync(None);
        await new WorkerJobs(scheduler, scheduler.Keys).ReadAsync(None);
        await scheduler.Queue.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Pattern(bench.Source.EventsPattern), (_, _) => { });
        Assert.That(await _bench.All.Queue.KeyExistsAsync(bench.Source.Entry(name)), Is.False, "it has fired");

        await new ScheduleLists(scheduler, bench.Source).DropAsync(minute, ["id"], None);
        var gone = new StoredEntry("gone", Bytes: null, State: null);
        Assert.That(await bench.Store.ForgetAsync(gone, None), Is.True);
        Assert.That(await bench.Store.NameAsync(gone with { Bytes = [1] }, OddEntry.Unreadable, None), Is.True);
        await python.Queue.StringGetDeleteAsync(bench.Source.Entry(name));
        await python.Queue.ListRemoveAsync(minute, "id");
        await python.Queue.ExecuteAsync("DEL", bench.Source.Entry("id")); // as redis-py does; this library sends UNLINK
        await _bench.All.Queue.ListLeftPopAsync(_bench.All.Keys.Ready); // the job that fired: the steps after this one count theirs
    }

    private static async Task MoveMarkBackAsync(TestQueue scheduler, DateTimeOffset now)
    {
        var marks = new ScheduleMarks(scheduler, scheduler.Keys);
        var ahead = now.AddDays(1);
        await scheduler.Queue.HashSetAsync(scheduler.Keys.Fired, "ahead", ahead.ToUnixTimeSeconds());
        Assert.That(await marks.MoveBackAsync("ahead", ahead, now, now, None), Is.True);
        await marks.ReportSkewAsync(TimeSpan.FromSeconds(2), None);
        await scheduler.Queue.HashDeleteAsync(scheduler.Keys.Fired, "ahead");
    }

    private static async Task EnqueueAsync(TestQueue program, string id)
    {
        program.Durability.WaitMs = 10;
        var durable = new EnqueueOptions { Durability = Durability.Replicated(1) };
        await program.Producer.EnqueueAsync(Envelope(id), EnqueueOptions.Default, None);
        await program.Producer.EnqueueManyAsync(
            [Envelope($"{id}-1"), Envelope($"{id}-2")], new EnqueueOptions { Delay = TimeSpan.FromMilliseconds(1) }, None);
        Assert.That(
            () => program.Producer.EnqueueAsync(Envelope($"{id}-3"), durable, None),
            Throws.InstanceOf<DurabilityNotReachedException>(), "there is no replica");
    }

    private static async Task ControlAsync(TestQueue program)
    {
        await program.Control.PauseAsync("tokens", None);
        Assert.That((await program.Control.ListAsync(None)).Single().PausedSince, Is.Not.Null);
        Assert.That(await program.Control.ResumeAsync("tokens", None), Is.True);
    }

    private async Task WorkAsync(TestQueue worker)
    {
        await worker.RegisterAsync("w");
        worker.Renew("w");
        await LookAsync(worker);
        await _bench.All.PushAsync(new byte[2_000]);
        var held = await worker.FetchAsync("w", 20); // the delayed ones first, by then due
        Assert.That(held, Has.Count.GreaterThanOrEqualTo(9));
        await new FenceTokens(worker, worker.Keys).NextAsync(held[0], own: 0, None);
        await new RedisFencedEffects(worker, worker.Keys).RecordAsync("effect", 1, None);
        await new ScheduleRuns(worker, worker.Keys).GetNewestAsync("", "tokens", None);
        await worker.Jobs.MovesAsync(held[0].Envelope, None);
        Assert.That(await worker.Jobs.ListAsync("w", None), Is.Not.Empty);

        var skipped = held.Single(one => TaskIdReader.Find(one.Envelope) == nameof(OverlapPolicy.Skip)) with { WatchedBy = "tokens" };
        await worker.Jobs.FinishAsync(skipped, nameof(OverlapPolicy.Skip), Job, Json, None);
        var left = held.Where(one => one.Envelope != skipped.Envelope).ToList();
        await worker.Jobs.FinishAsync(left[0], "python", Job, Json, None);
        await worker.Bare.AskAsync(None);
        var reporting = left[6] with { HasLabelTypes = true };
        Assert.That(await worker.Progress.WriteAsync(reporting, $"{Guid.NewGuid():N}", "{\"state\": 1}"u8.ToArray()), Is.True);
        await worker.Progress.ReadAsync(new Delivery([], "w"), "none", None);
        await worker.Jobs.FinishAsync(left[6] with { HasLabelTypes = true }, $"{Guid.NewGuid():N}", Job, Json, None);
        await worker.Jobs.EndReplacedAsync(left[1], "replaced", Job, Json, None);
        await worker.Jobs.RetryAsync(left[2], Job, Canary.Envelope("retried"), TimeSpan.FromHours(1), None);
        var letter = new DeadLetter(DeadLetterReason.Failed, "it failed", Job, "dead", Attempts: 1, Json);
        await worker.Jobs.DeadLetterAsync(left[3], letter, None);
        await worker.Jobs.GiveBackAsync(left[4], None);
        await worker.Jobs.HandBackAsync("w", [left[5].Envelope], None);
        await WaitAsync(worker);
    }

    private static async Task WaitAsync(TestQueue worker)
    {
        var waiter = new BlockingWaiter(worker, worker.Keys, NullLogger<BlockingWaiter>.Instance);
        await waiter.SubscribeAsync(_ => { });
        Assert.That(await waiter.WaitAsync("w", TimeSpan.FromMilliseconds(50)), Is.Not.Null);
        await waiter.InterruptAsync();
        var server = worker.Queue.Multiplexer.GetServers()[0];
        await server.ExecuteAsync("CLIENT", "UNBLOCK", 4_711);
        Assert.That((int)await server.ExecuteAsync("CLIENT", "KILL", "ID", 4_711), Is.Zero);
    }

    private async Task ParkAsync(TestQueue worker)
    {
        await worker.Jobs.ParkAsync((await worker.FetchAsync("w", 1))[0], None);
        var (member, _) = (await worker.Parked.ListAsync(0, 0, 1, None)).Single();
        Assert.That(await worker.Parked.UnparkAsync(member, None), Is.True);
        await worker.Jobs.ParkAsync((await worker.FetchAsync("w", 1))[0], None);
        (member, _) = (await worker.Parked.ListAsync(0, 0, 1, None)).Single();
        await _bench.All.Queue.SortedSetAddAsync(_bench.All.Keys.Parked, member, 1);
        var letter = Rejections.UnknownJob(Envelope("parked"), "it was parked for too long") with { WatchedBy = "tokens" };
        Assert.That(await worker.Parked.ExpireAsync(member, letter, None), Is.True);
        Assert.That((await worker.Expiry.ExpireAsync(None)).Removed, Is.GreaterThan(0));
    }

    private async Task RecoverAsync(TestQueue worker)
    {
        await _bench.All.Queue.HashSetAsync(_bench.All.Keys.Suspects, "0123abcd", 0);
        Assert.That(await worker.Jobs.CountRecycledAsync([new HangingJob("0123abcd", Alone: true)], None), Is.EqualTo(1));
        await worker.Registry.DepartAsync("w", None);
        await _bench.All.Queue.KeyDeleteAsync(_bench.All.Keys.Ready);
        await _bench.All.PushAsync(Canary.Envelope("suspect"));
        foreach (var dead in (string[])["d1", "d2"])
        {
            await worker.RegisterAsync(dead);
            Assert.That(await worker.FetchAsync(dead, 1), Has.Count.EqualTo(1));
            await _bench.All.LetLeaseRunOutAsync(dead);
            Assert.That(await worker.Registry.FindOrphanedAsync(None), Does.Contain(dead));
            Assert.That((await worker.Registry.RecoverAsync(dead, judge: null, None))?.Moved, Is.EqualTo(1));
        }

        // A suspect now: a worker that holds something else claims to run it alone, and does.
        await worker.RegisterAsync("w2");
        await _bench.All.Queue.ListLeftPushAsync(_bench.All.Keys.Processing("w2"), "held");
        Assert.That((await worker.FetchBatchAsync("w2", 1)).Code, Is.EqualTo(FetchCode.LetEnd));
        await _bench.All.Queue.KeyDeleteAsync(_bench.All.Keys.Processing("w2"));
        Assert.That((await worker.FetchBatchAsync("w2", 1)).Code, Is.EqualTo(FetchCode.RunAlone));
    }

    private static async Task NotifyAsync(TestQueue worker)
    {
        foreach (var retention in (bool[])[true, false])
        {
            var options = Options.Create(new NoticeOptions { EnableRetention = retention });
            var notices = new RedisNotices(worker, options, TimeProvider.System, NullLogger<RedisNotices>.Instance);
            foreach (var user in (Guid?[])[Guid.NewGuid(), null])
            {
                foreach (var once in (string?[])[null, $"once:{retention}:{user}"])
                {
                    var notice = new Notice("provider.disconnected", user, once, System.Text.Json.JsonElement.Parse("{}"));
                    var expected = retention && user is not null ? NoticeOutcome.Retained : NoticeOutcome.Undelivered;
                    Assert.That(await notices.SendAsync(notice, None), Is.EqualTo(expected), $"{retention} {user} {once}");
                }
            }
        }
    }

    private static Task LookAsync(TestQueue process) =>
        new EpochWatch(process, process.Keys, TimeProvider.System, NullLogger<EpochWatch>.Instance).LookAsync(None);

    /// <summary>A server keeps each script that was called; those of <c>fsck --repair</c> have a test of their own.</summary>
    private async Task HandOverAsync(TestQueue fsck)
    {
        await _bench.All.Queue.KeyDeleteAsync(_bench.All.Keys.Workers); // all of them have stopped
        await new HandOverBench(_bench.All).FillAsync();

        var report = await new HandOverBench(fsck).MoveAsync(delayed: true);

        Assert.That(report.IsDone, Is.True);
    }

    private static IEnumerable<string> CalledByScripts() => ScriptFile.All.Where(script => !script.IsFsck)
        .SelectMany(script => script.Commands).Select(command => command.ToLowerInvariant());

    private static IEnumerable<string> AskedOfAnyone(AclUsers users) => users.OnQueue.Concat(AclUsers.OnNotices)
        .SelectMany(user => AclQuestion.Of(user, _ => true)).Select(question => question.Command.Split('|')[0]);

    private Task SetUserAsync(string line) => _bench.All.Queue.ExecuteAsync("ACL", ["SETUSER", .. line.Split(' ')]);

    private async Task<IReadOnlyList<string>> NeverRunAsync()
    {
        var whole = ScriptFile.Whole.Where(script => !script.IsFsck).Select(script => script.Name).ToList();
        var exists = (int[])(await _bench.All.Queue.ExecuteAsync("SCRIPT", ["EXISTS", .. whole.Select(Sha)]))!;
        return [.. whole.Where((_, index) => exists[index] == 0)];
    }

#pragma warning disable CA5350 // Redis names scripts so.
    private static string Sha(string script) =>
        Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(RedisScript.Load(script).Text)));
#pragma warning restore CA5350

    private static JobEnvelope Envelope(string id) => new() { TaskId = id, TaskName = Job };

    private static JobSchedule Schedule(OverlapPolicy policy) =>
        new("tokens", Job, "* * * * *", "UTC", Setting: null) { Overlap = policy };
}
