using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <content>Scripts that producers, schedulers and operators run.</content>
internal sealed partial class LostReplyTests
{
    private async Task EnqueueAsync()
    {
        await using var producer = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await LoseAsync("enqueue.lua");

        var enqueued = await producer.Producer.EnqueueAsync(Envelope("once"), TimeSpan.Zero, CancellationToken.None);

        await LostAsync();
        Assert.That(enqueued, Is.True);
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    private async Task EnqueueDelayedAsync()
    {
        await using var producer = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await LoseAsync("enqueue_delayed.lua");

        var enqueued = await producer.Producer.EnqueueAsync(Envelope("once"), TimeSpan.FromHours(1), CancellationToken.None);

        await LostAsync();
        Assert.That(enqueued, Is.True);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(1));
    }

    [TestCase("enqueue.lua", 0)]
    [TestCase("enqueue_delayed.lua", 3_600)]
    public async Task A_bulk_enqueue_goes_on_when_the_reply_to_a_chunk_is_lost(string script, int delaySeconds)
    {
        await using var producer = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        var jobs = Enumerable.Range(0, 3_000).Select(n => Envelope($"{n}")).ToArray();
        await LoseAsync(script);

        var result = await producer.Producer.EnqueueManyAsync(
            jobs, new EnqueueOptions { Delay = TimeSpan.FromSeconds(delaySeconds) }, CancellationToken.None);

        await LostAsync();
        Assert.That(result.Enqueued, Is.EqualTo(jobs.Select(job => job.TaskId)));
        Assert.That(
            await _queue.ReadyAsync() + await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(3_000));
    }

    private async Task RegisterScheduleAsync()
    {
        await LoseAsync("register_schedule.lua");
        await using var scheduler = StartScheduler(WorkerSettings.Never);
        await LostAsync();

        await scheduler.UntilReadyAsync();
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Schedules), Is.EqualTo(2));
    }

    private async Task FireAsync()
    {
        await using var scheduler = StartScheduler("0/2 * * * * *");
        await scheduler.UntilLoggedAsync("schedule_fired");
        var first = scheduler.Events.First(line => line.GetProperty("event").GetString() == "schedule_fired");
        await LoseAsync("fire.lua");
        await LostAsync();
        var fired = scheduler.Count("schedule_fired");
        await scheduler.UntilAsync(() => Task.FromResult(scheduler.Count("schedule_fired") > fired + 1), "it fires on");

        await scheduler.TerminateAsync();

        var last = DateTimeOffset.FromUnixTimeSeconds(
            (long)await _queue.Queue.HashGetAsync(_queue.Keys.Fired, "check_expiring_tokens"));
        var instants = ((last - Instant(first)).TotalSeconds / 2) + 1;
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(instants), "one job for each instant");
    }

    private async Task PauseScheduleAsync()
    {
        await using var operators = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await RegisterAsync();
        await LoseAsync("pause_schedule.lua");

        Assert.That(() => operators.Control.PauseAsync("canary", CancellationToken.None), Throws.InstanceOf<RedisException>());
        await AgainAsync(() => operators.Control.PauseAsync("canary", CancellationToken.None));

        Assert.That(await _queue.Queue.HashExistsAsync(_queue.Keys.PausedSchedules, "canary"), Is.True);
    }

    private async Task ResumeScheduleAsync()
    {
        await using var operators = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await RegisterAsync();
        await _queue.Control.PauseAsync("canary", CancellationToken.None);
        await LoseAsync("resume_schedule.lua");

        Assert.That(() => operators.Control.ResumeAsync("canary", CancellationToken.None), Throws.InstanceOf<RedisException>());
        await AgainAsync(() => operators.Control.ResumeAsync("canary", CancellationToken.None));

        Assert.That(await _queue.Queue.HashExistsAsync(_queue.Keys.PausedSchedules, "canary"), Is.False);
    }

    private async Task MoveMarkBackAsync()
    {
        await using var scheduler = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        var marks = new ScheduleMarks(scheduler, scheduler.Keys);
        var now = await _queue.Ledger.GetTimeAsync(CancellationToken.None);
        var (ahead, due) = (now.AddDays(1), now.AddHours(-1));
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, "canary", ahead.ToUnixTimeSeconds());
        await LoseAsync("move_mark_back.lua");

        Assert.That(
            () => marks.MoveBackAsync("canary", ahead, due, now, CancellationToken.None), Throws.InstanceOf<RedisException>());
        await AgainAsync(() => marks.MoveBackAsync("canary", ahead, due, now, CancellationToken.None));

        Assert.That(
            (long)await _queue.Queue.HashGetAsync(_queue.Keys.Fired, "canary"), Is.EqualTo(due.ToUnixTimeSeconds()));
    }

    private async Task HandOverAsync(string script)
    {
        await using var operators = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await new HandOverBench(_queue).FillAsync();
        await LoseAsync(script);
        var handOver = new HandOverBench(operators);

        Assert.That(() => handOver.MoveAsync(), Throws.InstanceOf<RedisException>());
        await AgainAsync(() => handOver.MoveAsync());

        Assert.That(await new HandOverBench(_queue).TakenAsync(), Is.EquivalentTo(
            new[] { "held-1", "held-2", "held-3", "parked-1", "parked-2", "isolated", "ready" }));
    }

    private Task RegisterAsync() => _queue.Ledger.RegisterAsync(
        new JobSchedule("canary", "run_canary", "0 * * * *", "UTC", Setting: null), remembered: null, CancellationToken.None);

    /// <summary>As an operator does who was told that the connection was lost.</summary>
    private static Task AgainAsync(Func<Task> call, [CallerArgumentExpression(nameof(call))] string what = "") =>
        Eventually.SucceedsAsync(call, RedisFailure.Is, what);
}
