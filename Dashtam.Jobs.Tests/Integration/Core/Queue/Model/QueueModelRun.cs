using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Model;

/// <summary>Makes the same moves in Redis and in the model, and compares what is answered.</summary>
internal sealed class QueueModelRun(TestQueue queue)
{
    private readonly QueueModel _model = new(queue.Options.ParkedMax, queue.Options.DeadMaxEntries);
    private readonly int[] _incarnations = new int[3];
    private readonly List<Delivery> _fetched = []; // also those that are no longer held: everybody may come too late
    private int _made;

    public QueueModel Model => _model;

    /// <summary>Makes one move; one that there is nothing for is none.</summary>
    public Task MakeAsync(QueueStep step) => step.Move switch
    {
        QueueMove.Push => PushAsync(),
        QueueMove.Enqueue => EnqueueAsync(step.Pick, later: false),
        QueueMove.EnqueueDelayed => EnqueueAsync(step.Pick, later: true),
        QueueMove.BecomeDue => BecomeDueAsync(step.Pick),
        QueueMove.Register => RegisterAsync(step.Worker),
        QueueMove.Fetch => FetchAsync(
            Name(step.Worker), new FetchRequest(1 + (step.Pick % 3), step.Pick / 3 * 2) { MayRunAlone = step.Pick != 5 }),
        QueueMove.HandBack => HandBackAsync(Name(step.Worker), 1 + (step.Pick % 3)),
        QueueMove.Unpark => UnparkAsync(step.Pick),
        QueueMove.Recover => RecoverAsync(Name(step.Worker)),
        QueueMove.RecoverTooEarly => RecoverTooEarlyAsync(Name(step.Worker)),
        QueueMove.Heartbeat => HeartbeatAsync(Name(step.Worker)),
        QueueMove.Depart => DepartAsync(Name(step.Worker)),
        QueueMove.CountRecycled => CountRecycledAsync(step.Pick),
        _ => _fetched.Count > 0 ? SettleAsync(step.Move, _fetched[^(1 + (step.Pick % _fetched.Count))]) : Task.CompletedTask,
    };

    public async Task RegisterAsync(int slot)
    {
        if (_model.Workers.Contains(Name(slot)))
        {
            return;
        }

        _incarnations[slot]++; // a name is used once
        await queue.RegisterAsync(Name(slot));
        _model.Workers.Add(Name(slot));
    }

    private static byte[] Bytes(string job) => Encoding.UTF8.GetBytes(job);

    private static string Text(byte[] envelope) => Encoding.UTF8.GetString(envelope);

    private string Name(int slot) => string.Create(CultureInfo.InvariantCulture, $"w{slot}-{_incarnations[slot]}");

    private async Task PushAsync()
    {
        var job = string.Create(CultureInfo.InvariantCulture, $"pushed-{++_made}");
        await queue.PushAsync(Bytes(job));
        _model.Push(job);
    }

    private async Task EnqueueAsync(int number, bool later)
    {
        var envelope = new JobEnvelope { TaskId = $"enqueued-{number}", TaskName = "job" };
        var enqueued = await queue.Producer.EnqueueAsync(
            envelope, later ? TimeSpan.FromHours(1) : TimeSpan.Zero, CancellationToken.None);

        Assert.That(enqueued, Is.EqualTo(_model.Enqueue(Text(envelope.ToUtf8()), later)));
    }

    private async Task BecomeDueAsync(int pick)
    {
        if (_model.Later.Count == 0)
        {
            return;
        }

        var job = _model.Later[pick % _model.Later.Count];
        var members = await queue.Queue.SortedSetRangeByRankAsync(queue.Keys.Delayed);
        var member = members.First(one => QueueSnapshot.Job(one) == job);
        await queue.Queue.SortedSetAddAsync(queue.Keys.Delayed, member, ++_made); // each due later than the one before
        _model.BecomeDue(job);
    }

    private async Task FetchAsync(string worker, FetchRequest wanted)
    {
        if (_model.Alone is not null && !await queue.Queue.KeyExistsAsync(queue.Keys.Alone))
        {
            _model.Alone = null; // a claim is good for five seconds
        }

        var expected = _model.Fetch(worker, wanted.Slots, wanted.Ahead, wanted.MayRunAlone);
        var batch = await queue.Jobs.FetchAsync(worker, wanted, CancellationToken.None);

        Assert.That((batch.Code, batch.Deliveries.Select(one => Text(one.Envelope))), Is.EqualTo(expected));
        foreach (var alone in batch.Deliveries.Where(_ => batch.Code == FetchCode.RunAlone))
        {
            Assert.That(alone.Moves, Is.EqualTo(_model.Suspects[Text(alone.Envelope)]).And.AtLeast(Delivery.AloneFrom));
            Assert.That(_model.HeldBy(worker), Has.Count.EqualTo(1), "nothing else beside it");
        }

        _fetched.AddRange(batch.Deliveries);
    }

    private async Task HandBackAsync(string worker, int count)
    {
        string[] jobs = [.. _fetched.TakeLast(count).Select(delivery => Text(delivery.Envelope))];
        if (jobs.Length > 0)
        {
            var answer = await queue.Jobs.HandBackAsync(worker, Array.ConvertAll(jobs, Bytes), CancellationToken.None);

            Assert.That(answer, Is.EqualTo(_model.HandBack(worker, jobs)));
        }
    }

    private async Task SettleAsync(QueueMove move, Delivery delivery)
    {
        var (worker, job) = (delivery.Worker, Text(delivery.Envelope));
        var expected = move switch
        {
            QueueMove.Finish => _model.Finish(worker, job),
            QueueMove.EndReplaced => _model.EndReplaced(worker, job),
            QueueMove.Retry => _model.Retry(worker, job, $"{job}+"),
            QueueMove.DeadLetter => _model.DeadLetter(worker, job),
            QueueMove.Park => _model.Park(worker, job),
            QueueMove.GiveBack => _model.GiveBack(worker, job),
            QueueMove.RetryHanging => _model.RetryHanging(worker, job, $"{job}+"),
            QueueMove.GiveBackHanging => _model.GiveBackHanging(worker, job),
            _ => throw new InvalidOperationException($"{move} settles nothing"),
        };

        Assert.That(await SettleInRedisAsync(move, delivery, job), Is.EqualTo(expected), $"{move} {job} of {worker}");
    }

    private Task<Settlement> SettleInRedisAsync(QueueMove move, Delivery delivery, string job) => move switch
    {
        QueueMove.Finish => queue.Jobs.FinishAsync(delivery, job, "job", "{}"u8.ToArray(), CancellationToken.None),
        QueueMove.EndReplaced => queue.Jobs.EndReplacedAsync(delivery, job, "job", "{}"u8.ToArray(), CancellationToken.None),
        QueueMove.Retry or QueueMove.RetryHanging => queue.Jobs.RetryAsync(
            delivery, "job", Bytes($"{job}+"), TimeSpan.FromHours(1), CancellationToken.None, hangs: move == QueueMove.RetryHanging),
        QueueMove.DeadLetter => queue.Jobs.DeadLetterAsync(
            delivery, new DeadLetter(DeadLetterReason.Failed, "it failed", "job", job, 1, "{}"u8.ToArray()), CancellationToken.None),
        QueueMove.Park => queue.Jobs.ParkAsync(delivery, CancellationToken.None),
        _ => queue.Jobs.GiveBackAsync(delivery, CancellationToken.None, hangs: move == QueueMove.GiveBackHanging),
    };

    private async Task CountRecycledAsync(int pick)
    {
        if (_fetched.Count == 0)
        {
            return;
        }

        // The next attempt of a job that somebody held, or that job itself: one is settled, or has never been, where the other is not.
        var job = Text(_fetched[^(1 + (pick % _fetched.Count))].Envelope) + (pick % 2 == 0 ? "+" : "");
        var counted = await queue.Jobs.CountRecycledAsync([new HangingJob(EnvelopeHash.Of(Bytes(job)), pick % 3 == 0)], CancellationToken.None);

        Assert.That(counted, Is.EqualTo(_model.CountRecycled(job, pick % 3 == 0)));
    }

    private async Task UnparkAsync(int pick)
    {
        if (_model.Parked.Count == 0)
        {
            return;
        }

        var job = _model.Parked[pick % _model.Parked.Count];
        var parked = await queue.Parked.ListAsync(double.NegativeInfinity, 0, 100, CancellationToken.None);
        var member = parked.First(one => QueueSnapshot.Job(one.Member) == job).Member;
        var first = await queue.Parked.UnparkAsync(member, CancellationToken.None);
        var second = await queue.Parked.UnparkAsync(member, CancellationToken.None);
        _model.Unpark(job);

        Assert.That((first, second), Is.EqualTo((true, false)));
    }

    private async Task RecoverAsync(string worker)
    {
        var moved = _model.Workers.Contains(worker)
            ? await queue.RecoverAsync(worker)
            : await queue.TryRecoverAsync(worker);

        Assert.That(moved, Is.EqualTo(_model.Recover(worker)));
    }

    private async Task RecoverTooEarlyAsync(string worker)
    {
        if (_model.Workers.Contains(worker))
        {
            queue.Renew(worker);
            Assert.That(await queue.TryRecoverAsync(worker), Is.Null);
        }
    }

    private Task HeartbeatAsync(string worker)
    {
        var isAlive = _model.Workers.Contains(worker);
        var heartbeat = queue.Renew(worker);

        Assert.That((heartbeat.Alive, heartbeat.Held), Is.EqualTo((isAlive, isAlive ? _model.HeldBy(worker).Count : 0L)));
        return Task.CompletedTask;
    }

    private async Task DepartAsync(string worker)
    {
        await queue.Registry.DepartAsync(worker, CancellationToken.None);
        _model.Workers.Remove(worker);
    }
}
