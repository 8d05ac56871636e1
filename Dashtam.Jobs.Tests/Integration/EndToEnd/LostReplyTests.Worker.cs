using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Bare;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <content>Scripts that workers run.</content>
internal sealed partial class LostReplyTests
{
    private async Task FetchAsync()
    {
        string[] ids = ["one", "two", "three", "four", "five"];
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("fetch.lua", reply: "run_canary");

        await _queue.PushAsync([.. ids.Select(id => Canary.Envelope(id))]); // the wait takes one, the next fetch the others
        await LostAsync();

        await UntilSucceededAsync(worker, ids);
        Assert.That(worker.Count("delivery_adopted"), Is.GreaterThanOrEqualTo(1));
    }

    private async Task FinishAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("finish.lua");

        await _queue.PushAsync(Canary.Envelope("finished"));
        await LostAsync();

        await worker.UntilLoggedAsync("job_succeeded");
        await UntilSucceededAsync(worker, "finished");
    }

    private async Task RetryAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("retry.lua");

        await _queue.PushAsync(Canary.Envelope("retried", failAttempts: 1));
        await LostAsync();

        await UntilSucceededAsync(worker, "retried");
        Assert.That(await CountAsync("run_canary:retried"), Is.EqualTo(1));
    }

    private async Task DeadLetterAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("dead_letter.lua");

        await _queue.PushAsync(Canary.Envelope("failed", failAttempts: 99));
        await LostAsync();

        await worker.UntilLoggedAsync("job_failed");
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await CountAsync("run_canary:dead_lettered"), Is.EqualTo(1));
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task ParkAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("park.lua");

        await _queue.PushAsync(Encoding.UTF8.GetBytes(
            """{"task_id": "u", "task_name": "no_such_job", "labels": {}, "args": [], "kwargs": {}}"""));
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.EqualTo(1));
        Assert.That(await CountAsync("unknown:put_aside"), Is.EqualTo(1));
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task UnparkAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("unpark.lua");

        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Parked, (byte[])[.. "1|"u8, .. Canary.Envelope("unparked")], 1);
        await LostAsync();

        await UntilSucceededAsync(worker, "unparked");
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.Zero);
    }

    private async Task GiveBackAsync()
    {
        await using var worker = await StartReadyProcessAsync(("WORKER_DRAIN_SECONDS", "0"));
        await _queue.PushAsync(Canary.Envelope("given back", sleepMs: 60_000));
        await worker.UntilLoggedAsync("job_started");
        await LoseAsync("give_back.lua");

        Assert.That(await worker.TerminateAsync(), Is.Zero);

        await LostAsync();
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task HandBackAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("WORKER_CONCURRENCY", "1"));
        await LoseAsync("hand_back.lua");

        await _queue.PushAsync(Canary.ShortWithSlow(3_000));
        await LostAsync();

        await UntilSucceededAsync(worker, [.. Enumerable.Range(0, 3_000).Select(number => $"{number}")]);
    }

    private async Task CountRecycledAsync()
    {
        await using var worker = await StartReadyProcessAsync(
            [("WORKER_CONCURRENCY", "1"), ("WORKER_LEASE_SECONDS", "5"), .. Canary.LetHang]);
        await LoseAsync("count_recycled.lua");

        await _queue.PushAsync(Canary.Hanging("hangs", attempts: 9));
        await LostAsync();

        Assert.That(await worker.ExitAsync(), Is.EqualTo(75));
        Assert.That((await _queue.Queue.HashValuesAsync(_queue.Keys.Suspects)).Select(count => (int)count), Is.EqualTo([1]), "counted once");
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(1));
    }

    private async Task HeartbeatAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("heartbeat.lua");
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(worker.Count("worker_recovered"), Is.Zero);
    }

    private async Task RegisterWorkerAsync()
    {
        await LoseAsync("register_worker.lua");
        await using var worker = await StartReadyWorkerAsync();
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.EqualTo(1));
    }

    private async Task FindStaleAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("WORKER_LEASE_SECONDS", "5"));
        await LoseAsync("find_stale.lua");
        await LostAsync();

        await RunAnotherAsync(worker);
    }

    private async Task RecoverAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("WORKER_LEASE_SECONDS", "5"));
        await LoseAsync("recover.lua");

        var held = Canary.Envelope("recovered");
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("dead"), held);
        await _queue.LetLeaseRunOutAsync("dead");
        await LostAsync();

        await UntilSucceededAsync(worker, "recovered");
    }

    private async Task DepartAsync()
    {
        await using var worker = await StartReadyProcessAsync();
        await LoseAsync("depart.lua");

        Assert.That(await worker.TerminateAsync(), Is.Zero);

        await LostAsync();
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.Zero);
    }

    private async Task FenceAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("fence.lua");

        await _queue.PushAsync(Encoding.UTF8.GetBytes(
            """{"task_id": "fenced", "task_name": "run_canary", "labels": {}, "args": [], "kwargs": {"effect": "e"}}"""));
        await LostAsync();

        await UntilSucceededAsync(worker, "fenced");
        Assert.That(worker.Count("canary_effect"), Is.EqualTo(1));
    }

    private async Task ReportProgressAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("report_progress.lua");

        await _queue.PushAsync(Canary.Envelope("slow", sleepMs: 1_500));
        await LostAsync();

        await UntilSucceededAsync(worker, "slow");
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Progress("slow")), Is.True);
    }

    private async Task WriteBareAsync()
    {
        await using var through = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await LoseAsync("write_bare.lua");

        var bare = new BareWrite("bare", BareIdForm.Other, "{\"is_err\": false}"u8.ToArray(), Pickle: null);
        var ended = await through.Bare.EndAsync(bare, wasTogether: false, Settlement.Done);
        await LostAsync();

        Assert.That(ended, Is.EqualTo(Settlement.Done));
        Assert.That((string?)await _queue.Queue.StringGetAsync("bare"), Is.EqualTo("{\"is_err\": false}"));
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Stats), Is.Zero, "nothing was refused");
    }

    private async Task ExpireDeadAsync()
    {
        await using var worker = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        worker.Options.DeadMaxDays = 1;
        await _queue.AddDeadLetterAsync("old", since: 1);
        await LoseAsync("expire_dead.lua");

        Assert.That(() => worker.Expiry.ExpireAsync(CancellationToken.None), Throws.InstanceOf<RedisException>());
        await AgainAsync(() => worker.Expiry.ExpireAsync(CancellationToken.None));

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.Zero);
        Assert.That((long)await _queue.Queue.StringGetAsync(_queue.Keys.DeadBytes), Is.Zero);
        Assert.That(await CountAsync("dead:expired"), Is.EqualTo(1));
    }

    private async Task ExpireParkedAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("JOBS_PARK_SECONDS", "1"), ("WORKER_LEASE_SECONDS", "5"));
        await LoseAsync("expire_parked.lua");

        await _queue.Queue.SortedSetAddAsync(
            _queue.Keys.Parked,
            """1|{"task_id": "u", "task_name": "no_such_job", "labels": {}, "args": [], "kwargs": {}}""",
            1);
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.Zero);
        Assert.That(await CountAsync("unknown:dead_lettered"), Is.EqualTo(1));
    }

    private async Task EpochAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("epoch.lua");
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(worker.Count("redis_lost_data") + worker.Count("redis_rolled_back"), Is.Zero);
    }
}
