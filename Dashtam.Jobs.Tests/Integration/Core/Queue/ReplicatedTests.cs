using System.Globalization;
using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

/// <summary>A master and a replica that the test can freeze.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class ReplicatedTests
{
    private static readonly EnqueueOptions Replicated = new() { Durability = Durability.Replicated(1) };

    private OwnRedis _master = null!;
    private OwnRedis _replica = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _master = await TestServices.StartRedisProcessAsync("--repl-diskless-sync-delay", "0");
        _replica = await TestServices.StartRedisProcessAsync(
            "--replicaof", "127.0.0.1", _master.ConnectionString.Split(':')[1]);
        _queue = await TestQueue.CreateOnAsync(_master.ConnectionString);
        _queue.Durability.WaitMs = 5_000;
        await UntilAsync(async () => (await InfoAsync("replication")).Contains("state=online", StringComparison.Ordinal));
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _master, _replica);

    [Test]
    public async Task A_replicated_enqueue_returns_when_the_replica_has_the_job()
    {
        Assert.That(await EnqueueAsync("one", Replicated), Is.True);

        await using var replica = await ConnectionMultiplexer.ConnectAsync(_replica.ConnectionString);
        Assert.That(
            await replica.GetDatabase().ListLengthAsync(_queue.Keys.Ready, CommandFlags.PreferReplica), Is.EqualTo(1));
    }

    [Test]
    public async Task With_the_replica_frozen_the_error_says_that_the_job_is_there_though_another_connection_s_wait_passes()
    {
        await FreezeAsync();

        var error = (await Assert.ThrowsAsync<DurabilityNotReachedException>(() => EnqueueAsync("one", Replicated)))!;
        var elsewhere = (int)await _queue.Queue.ExecuteAsync("WAIT", 1, 300);

        Assert.That(error.TaskId, Is.EqualTo("one"));
        Assert.That(error.Acknowledged, Is.Zero);
        Assert.That(error.Message, Does.Contain("Job one is enqueued").And.Contain("0 of 1 replicas"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(elsewhere, Is.EqualTo(1), "which is why the wait must go over the connection of the write");
    }

    [Test]
    public async Task The_same_id_again_waits_again_and_is_in_the_queue_once()
    {
        await FreezeAsync();
        Assert.That(() => EnqueueAsync("one", Replicated), Throws.InstanceOf<DurabilityNotReachedException>());
        Assert.That(() => EnqueueAsync("one", Replicated), Throws.InstanceOf<DurabilityNotReachedException>());

        await _replica.ThawAsync();
        _queue.Durability.WaitMs = 5_000;

        Assert.That(await EnqueueAsync("one", Replicated), Is.False, "was enqueued before");
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task What_was_enqueued_before_over_another_connection_is_waited_for_as_well()
    {
        await FreezeAsync();
        await EnqueueAsync("one", EnqueueOptions.Default);

        Assert.That(() => EnqueueAsync("one", Replicated), Throws.InstanceOf<DurabilityNotReachedException>());
    }

    [Test]
    public async Task A_delayed_job_is_replicated_as_well()
    {
        await FreezeAsync();

        var options = Replicated with { Delay = TimeSpan.FromHours(1) };
        Assert.That(() => EnqueueAsync("one", options), Throws.InstanceOf<DurabilityNotReachedException>());
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(1));
    }

    [Test]
    public async Task Many_callers_share_a_wait()
    {
        const int callers = 1_000;

        await Task.WhenAll(Enumerable.Range(0, callers).Select(
            number => EnqueueAsync(number.ToString(CultureInfo.InvariantCulture), Replicated)));

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(callers));
        Assert.That(await CallsOfWaitAsync(), Is.LessThan(callers / 10).And.GreaterThan(0));
    }

    [Test]
    public async Task A_wait_over_another_connection_than_the_write_s_counts_for_nothing_and_the_write_is_repeated()
    {
        var writes = 0;

        var reply = await _queue.Durable.RunAsync(
            Durability.Replicated(1),
            async database =>
            {
                var first = await database.StringSetAsync(_queue.Keys.Ready, "any write", when: When.NotExists);
                if (++writes == 1)
                {
                    await LoseAsync(database);
                }

                return first;
            },
            CancellationToken.None);

        Assert.That(writes, Is.EqualTo(2));
        Assert.That(reply.Reached, Is.True);
        Assert.That(reply.Value, Is.True, "the first reply is the caller's, not the repeat's");
    }

    [Test]
    public async Task Writes_of_different_durability_do_not_wait_for_each_other_s_acknowledgements()
    {
        var impossible = Replicated with { Durability = Durability.Replicated(2) };

        // The replica is asked for its acknowledgement, and answers in time on a machine that is busy with other tests as well.
        _queue.Durability.WaitMs = 3_000;
        var two = EnqueueAsync("two", impossible);
        var one = EnqueueAsync("one", Replicated);

        Assert.That(await one, Is.True);
        var error = (await Assert.ThrowsAsync<DurabilityNotReachedException>(() => two))!;
        Assert.That(error.Acknowledged, Is.EqualTo(1));
    }

    [Test]
    public async Task A_write_that_fails_ends_with_its_error_and_its_neighbours_are_durable()
    {
        var bad = _queue.Durable.RunAsync<bool>(
            Durability.Replicated(1), _ => throw new InvalidOperationException("bad"), CancellationToken.None);
        var good = EnqueueAsync("good", Replicated);

        Assert.That(() => bad, Throws.InvalidOperationException);
        Assert.That(await good, Is.True);
    }

    [TestCase("MEMORY", 0)]
    [TestCase("REPLICATED:1", 1)]
    public async Task A_fire_is_as_durable_as_the_setting_says_and_has_happened_all_the_same(string setting, int waits)
    {
        _queue.Durability.Schedules = setting;
        var schedule = new JobSchedule("canary", "run_canary", "* * * * *", "UTC", Setting: null);
        var after = (await _queue.Ledger.RegisterAsync(schedule, remembered: null, CancellationToken.None)).LastFired;
        var instant = after.AddSeconds(1);
        ScheduledFire[] fires = [new(instant, new JobEnvelope { TaskId = "one", TaskName = "run_canary" })];
        await FreezeAsync();

        var fire = await _queue.Ledger.FireAsync(
            schedule, new FireBatch(after, instant, fires, PassedOver: 0), CancellationToken.None);

        Assert.That(fire.Code, Is.EqualTo(FireCode.Fired));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await CallsOfWaitAsync(), Is.EqualTo(waits));
    }

    [Test]
    public async Task A_caller_that_gives_up_while_its_write_is_not_sent_yet_leaves_nothing_behind()
    {
        await FreezeAsync();
        using var cancelled = new CancellationTokenSource();
        var written = 0;

        var first = _queue.Durable.RunAsync(
            Durability.Replicated(1), database => database.StringIncrementAsync(_queue.Keys.Sequence), CancellationToken.None);
        await UntilAsync(async () => await _queue.Queue.KeyExistsAsync(_queue.Keys.DurableMark));
        var second = _queue.Durable.RunAsync(
            Durability.Replicated(1), _ => Task.FromResult(Interlocked.Increment(ref written)), cancelled.Token);
        await cancelled.CancelAsync();

        Assert.That(() => second, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((await first).Reached, Is.False);
        Assert.That(() => EnqueueAsync("after", Replicated), Throws.InstanceOf<DurabilityNotReachedException>());
        Assert.That(written, Is.Zero);
    }

    /// <summary>From now on nothing is acknowledged, and a test need not wait for it for long.</summary>
    private Task FreezeAsync()
    {
        _queue.Durability.WaitMs = 300;
        return _replica.FreezeAsync();
    }

    private static Task UntilAsync(Func<Task<bool>> holds, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        Eventually.HoldsAsync(holds, what);

    private Task<bool> EnqueueAsync(string taskId, EnqueueOptions options) => _queue.Producer.EnqueueAsync(
        new JobEnvelope { TaskId = taskId, TaskName = "run_canary" }, options, CancellationToken.None);

    /// <summary>Ends a connection, and returns when there is a new one.</summary>
    private async Task LoseAsync(IDatabase database)
    {
        var id = (long)await database.ExecuteAsync("CLIENT", "ID");
        await _queue.Queue.ExecuteAsync("CLIENT", "KILL", "ID", id);
        await UntilAsync(async () =>
        {
            try
            {
                return (long)await database.ExecuteAsync("CLIENT", "ID") != id;
            }
            catch (RedisConnectionException)
            {
                return false;
            }
        });
    }

    private async Task<int> CallsOfWaitAsync()
    {
        var line = (await InfoAsync("commandstats")).Split('\n')
            .FirstOrDefault(line => line.StartsWith("cmdstat_wait:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture);
    }

    private async Task<string> InfoAsync(string section) => (string?)await _queue.Queue.ExecuteAsync("INFO", section) ?? "";
}
