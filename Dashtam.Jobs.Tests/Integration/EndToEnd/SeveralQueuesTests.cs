using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>One worker that serves several queues.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class SeveralQueuesTests
{
    private readonly List<TestQueue> _queues = [];
    private OwnRedis? _other;

    [TearDown]
    public async Task TearDown()
    {
        await Disposal.DisposeAllAsync([.. _queues]);
        _queues.Clear();
        await Disposal.DisposeAllAsync(_other);
        _other = null;
    }

    [TestCase(4, 60, Description = "slots that are filled one by one")]
    [TestCase(8, 1, Description = "jobs so short that they are read ahead")]
    public async Task Weights_are_the_shares_of_starts_while_every_queue_has_jobs(int concurrency, int sleepMs)
    {
        int[] weights = [5, 3, 1];
        await CreateAsync(3);
        var most = concurrency * (8_000 / sleepMs);
        foreach (var queue in _queues)
        {
            await queue.PushAsync([.. Enumerable.Range(0, most).Select(number => Canary.Envelope($"{queue.Options.Name}:{number}", sleepMs))]);
        }

        await using var worker = await StartAsync(concurrency, weights);
        await worker.UntilLoggedAsync("job_started");
        await Task.Delay(TimeSpan.FromSeconds(5)); // the time over which the shares are measured: real jobs on real slots

        var started = Array.ConvertAll(await Task.WhenAll(_queues.Select(queue => queue.ReadyAsync())), left => (double)(most - left));
        Assert.That(started.Min(), Is.GreaterThan(5).And.LessThan(most), "every queue had jobs all the time");
        for (var i = 0; i < weights.Length; i++)
        {
            Assert.That(started[i] / started.Sum(), Is.EqualTo(weights[i] / 9.0).Within(10).Percent, $"of {string.Join(", ", started)}");
        }
    }

    [Test]
    public async Task In_strict_order_nothing_of_a_later_queue_starts_while_an_earlier_one_has_jobs()
    {
        await CreateAsync(2);
        await using var worker = await StartAsync(concurrency: 2);
        await _queues[0].PushAsync([.. Enumerable.Range(0, 40).Select(number => Canary.Envelope($"first-{number}", sleepMs: 20))]);
        await _queues[1].PushAsync([.. Enumerable.Range(0, 40).Select(number => Canary.Envelope($"later-{number}", sleepMs: 20))]);
        await worker.UntilAsync(() => Task.FromResult(Started(worker).Count == 80), "all have started");

        // Each slot's last job of the first queue begins on a thread of its own, and so does the first one of the later queue.
        Assert.That(Started(worker).Take(40 - 2), Has.All.StartsWith("first-"));
    }

    [Test]
    public async Task A_job_of_a_more_important_queue_takes_the_next_slot_that_is_freed()
    {
        await CreateAsync(2);
        await _queues[1].PushAsync([.. Enumerable.Range(0, 200).Select(number => Canary.Envelope($"later-{number}", sleepMs: 100))]);
        await using var worker = await StartAsync(concurrency: 2);
        await worker.UntilAsync(() => Task.FromResult(Started(worker).Count >= 10), "the later queue fills every slot");

        await _queues[0].PushAsync(Canary.Envelope("first"));
        await worker.UntilAsync(() => Task.FromResult(Started(worker).Contains("first")), "it has started");

        // Two slots may be freed between the push and the next look, and two jobs are on their way.
        var before = Started(worker).TakeWhile(id => id != "first").Count();
        Assert.That(before, Is.LessThan(30), "the later queue went on for a second at least");
    }

    [Test]
    public async Task A_plain_push_into_each_queue_starts_at_once_while_all_are_empty()
    {
        await CreateAsync(3);
        await using var worker = await StartAsync(concurrency: 1, weights: [5, 3, 1]);
        foreach (var queue in _queues)
        {
            // Without an open wait the next fetch would come after 12 s.
            await queue.PushAsync(Canary.Envelope(queue.Options.Name));
            await worker.UntilAsync(
                () => Task.FromResult(Started(worker).Contains(queue.Options.Name)), "it has started", TimeSpan.FromSeconds(2));
        }
    }

    [Test]
    public async Task A_suspect_of_one_queue_runs_beside_no_job_of_another()
    {
        await CreateAsync(2);
        var suspect = Canary.Envelope("suspect", sleepMs: 1_500);
        await _queues[0].Queue.ListLeftPushAsync(_queues[0].Keys.Isolated, suspect);
        await _queues[0].Queue.HashSetAsync(_queues[0].Keys.Suspects, EnvelopeHash.Of(suspect), 2);
        await _queues[1].PushAsync([.. Enumerable.Range(0, 30).Select(number => Canary.Envelope($"other-{number}", sleepMs: 100))]);

        await using var worker = await StartAsync(concurrency: 3, weights: [1, 1]);
        await worker.UntilLoggedAsync("suspect_runs_alone");
        for (var look = 0; Started(worker) is var started && !Ended(worker).Contains("suspect"); look++)
        {
            var held = await HeldAsync(_queues[1]);
            Assert.That(Ended(worker).Contains("suspect") || held == 0, Is.True, $"look {look}: {held} jobs of the other queue, {started.Count} started");
            await Task.Delay(50); // between two looks at what is held
        }

        await worker.UntilAsync(() => Task.FromResult(Ended(worker).Count == 31), "the others go on afterwards");
    }

    [Test]
    public async Task A_queue_whose_Redis_stands_still_keeps_nothing_of_another_queue()
    {
        _other = await TestServices.StartOwnRedisAsync();
        await CreateAsync(1);
        _queues.Add(await TestQueue.CreateOnAsync(_other.ConnectionString));
        await using var worker = await StartAsync(
            concurrency: 4, weights: [1, 5],
            ("JOBS_QUEUE_URLS", $"{_queues[1].Options.Name}={_other.ConnectionString}"), ("WORKER_LEASE_SECONDS", "5"));
        await _queues[1].PushAsync([.. Enumerable.Range(0, 400).Select(number => Canary.Envelope($"still-{number}", sleepMs: 50))]);
        await worker.UntilAsync(() => Task.FromResult(Started(worker).Any(id => id.StartsWith("still-", StringComparison.Ordinal))), "both are served");

        await _other.FreezeAsync();
        try
        {
            await _queues[0].PushAsync([.. Enumerable.Range(0, 400).Select(number => Canary.Envelope($"going-{number}", sleepMs: 50))]);
            await worker.UntilAsync(
                () => Task.FromResult(Ended(worker).Count(id => id.StartsWith("going-", StringComparison.Ordinal)) == 400), "the other queue's jobs go on",
                TimeSpan.FromSeconds(30));
            await worker.UntilAsync(async () => (await worker.HealthAsync()).Contains("degraded", StringComparison.Ordinal), "health names it");
            Assert.That(await worker.HealthAsync(), Does.Contain(_queues[1].Options.Name));
        }
        finally
        {
            await _other.ThawAsync();
        }

        await worker.UntilAsync(() => Task.FromResult(Ended(worker).Distinct(StringComparer.Ordinal).Count() == 800), "the jobs of the one that stood still end as well");
        Assert.That(worker.Count("worker_recovered"), Is.Zero, "no lease was lost");
    }

    private static List<string> Started(Service worker) => Ids(worker, "job_started");

    private static List<string> Ended(Service worker) => Ids(worker, "job_succeeded");

    private static List<string> Ids(Service worker, string eventName) =>
    [
        .. worker.Events.Where(line => line.GetProperty("event").GetString() == eventName)
            .Select(line => line.GetProperty("task_id").GetString()!),
    ];

    private static async Task<long> HeldAsync(TestQueue queue)
    {
        var held = 0L;
        foreach (var worker in await queue.Queue.SortedSetRangeByRankAsync(queue.Keys.Workers))
        {
            held += await queue.ProcessingAsync((string)worker!);
        }

        return held;
    }

    private async Task CreateAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _queues.Add(await TestQueue.CreateAsync());
        }
    }

    private async Task<WorkerInProcess> StartAsync(int concurrency, int[]? weights = null, params (string Name, string Value)[] more)
    {
        var names = _queues.Select((queue, i) => weights is null
            ? queue.Options.Name
            : string.Create(CultureInfo.InvariantCulture, $"{queue.Options.Name}={weights[i]}"));
        var worker = await WorkerInProcess.StartAsync(WorkerSettings.On(
            _queues[0], more: [WorkerSettings.Concurrency(concurrency), ("WORKER_QUEUES", string.Join(',', names)), .. more]));
        await worker.UntilReadyAsync();
        return worker;
    }
}
