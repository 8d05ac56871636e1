using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Producers and workers that move jobs over every arrow of the queue, through the real scripts, until stopped.</summary>
internal sealed class QueueTraffic : IAsyncDisposable
{
    private const int Enough = 50;
    private readonly TestQueue _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _done = new(StringComparer.Ordinal);
    private readonly Task _running;

    private QueueTraffic(TestQueue queue)
    {
        _queue = queue;
        _running = Task.WhenAll(
            Task.Run(ProduceAsync), Task.Run(() => WorkAsync("a")), Task.Run(() => WorkAsync("b")), Task.Run(() => WorkAsync("c")));
    }

    /// <summary>Whether every kind of move has been made often.</summary>
    public bool HasDoneEverything => _running.IsFaulted || (_done.Count == 8 && _done.Values.All(count => count >= Enough));

    public static QueueTraffic Start(TestQueue queue) => new(queue);

    /// <summary>What went wrong; null: nothing.</summary>
    public async Task<Exception?> StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _running.Exception;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task ProduceAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var envelope = new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "run_canary" };
            await _queue.Producer.EnqueueAsync(envelope, TimeSpan.FromMilliseconds(i % 3 * 5), CancellationToken.None);
            while (await _queue.ReadyAsync() > 100 && !_stop.IsCancellationRequested)
            {
                await Task.Delay(10); // what is made here stays in the way of every walk of all keys
            }
        }
    }

    private async Task WorkAsync(string prefix)
    {
        var move = 0;
        for (var incarnation = 0; !_stop.IsCancellationRequested; incarnation++)
        {
            var worker = $"{prefix}-{incarnation}";
            await _queue.RegisterAsync(worker);
            for (var round = 0; round < 10; round++)
            {
                foreach (var delivery in await _queue.FetchAsync(worker, 10))
                {
                    await SettleAsync(delivery, move++);
                }

                await UnparkAsync();
            }

            await EndAsync(worker, dies: incarnation % 2 == 0);
        }
    }

    private async Task SettleAsync(Delivery delivery, int move)
    {
        var taskId = TaskIdReader.Find(delivery.Envelope)!; // the producer above gave it one
        var none = CancellationToken.None;
        switch (move % 8)
        {
            case 0:
                await _queue.Jobs.RetryAsync(delivery, "job", delivery.Envelope, TimeSpan.FromMilliseconds(5), none);
                Count("retry");
                break;
            case 1:
                await _queue.Jobs.GiveBackAsync(delivery, none);
                Count("give back");
                break;
            case 2:
                await _queue.Jobs.ParkAsync(delivery, none);
                Count("park");
                break;
            case 3:
                await _queue.Jobs.DeadLetterAsync(delivery, Rejections.Malformed(delivery.Envelope, "bad"), none);
                Count("dead letter");
                break;
            case 4:
                Count("left behind"); // until the worker dies
                break;
            default:
                await _queue.Jobs.FinishAsync(delivery, taskId, "job", "{}"u8.ToArray(), none);
                Count("finish");
                break;
        }
    }

    private async Task UnparkAsync()
    {
        foreach (var (member, _) in await _queue.Parked.ListAsync(since: 0, skip: 0, take: 5, CancellationToken.None))
        {
            if (await _queue.Parked.UnparkAsync(member, CancellationToken.None))
            {
                Count("unpark");
            }
        }
    }

    private async Task EndAsync(string worker, bool dies)
    {
        if (dies)
        {
            await _queue.LetLeaseRunOutAsync(worker);
        }
        else
        {
            await _queue.Registry.DepartAsync(worker, CancellationToken.None);
        }

        if (await _queue.TryRecoverAsync(worker) > 0)
        {
            Count("recover");
        }
    }

    private void Count(string move) => _done.AddOrUpdate(move, 1, (_, count) => count + 1);
}
