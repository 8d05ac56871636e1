using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Worker.Running;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>
/// Shares the worker's slots, and what may be read ahead, among its queues. With weights each queue that has jobs gets starts in
/// proportion to its weight: the next one goes to the queue with the fewest starts for its weight (stride scheduling). Without weights
/// the most important queue that has jobs gets all of it.
/// </summary>
/// <remarks>
/// A queue whose jobs are not known counts as one that has some until it has been asked, once for each slot that a job has freed: so
/// a job that comes while other queues fill every slot is not passed over.
/// </remarks>
internal sealed class QueueShares
{
    private readonly Lock _lock = new();
    private readonly Slots _slots;
    private readonly Func<int> _roomAhead;
    private readonly QueueShare[] _all;
    private readonly bool _strict;
    private double _served;

    /// <param name="slots">The worker's places.</param>
    /// <param name="queues">The most important one first.</param>
    /// <param name="roomAhead">How many jobs may be read ahead now.</param>
    public QueueShares(Slots slots, IReadOnlyList<ServedQueue> queues, Func<int> roomAhead)
    {
        (_slots, _roomAhead) = (slots, roomAhead);
        _strict = queues.All(queue => queue.Weight is null);
        _all = [.. queues.Select((queue, order) => new QueueShare(queue.Name, order, queue.Weight ?? 1, this, slots))];
        Gate = new AloneGate(slots.Signal);
    }

    /// <summary>Lets a suspect have the worker for itself.</summary>
    public AloneGate Gate { get; }

    /// <summary>One for each queue, in their order.</summary>
    public IReadOnlyList<QueueShare> All => _all;

    /// <summary>Whether one queue has the worker for itself.</summary>
    public bool IsOne => _all.Length == 1;

    /// <summary>Takes what a queue may have now.</summary>
    internal Claim Take(QueueShare share, bool signalled)
    {
        lock (_lock)
        {
            var free = _slots.Free;
            if (share.IsEmpty(_slots.Freed))
            {
                return default;
            }

            var room = free > 0 || signalled ? Math.Max(0, _roomAhead() - _all.Sum(other => other.InFlight.Ahead)) : 0;
            var (slots, ahead) = IsOne ? (free, room)
                : _strict ? MoreImportantWants(share) ? (0, 0) : (free, room)
                : Weighed(share, free, room);
            share.InFlight = new Claim(_slots.Take(slots), ahead);
            if (_slots.Free == 0 && room == 0)
            {
                EndOtherWaits(share);
            }

            return share.InFlight;
        }
    }

    /// <summary>A fetch has ended, or takes so long that nobody waits for its slots any more.</summary>
    /// <param name="share">The queue's.</param>
    /// <param name="started">Jobs that came, and took slots of the claim.</param>
    /// <param name="came">Jobs that came.</param>
    internal void Settle(QueueShare share, int started, int came)
    {
        lock (_lock)
        {
            var claim = share.InFlight;
            share.InFlight = default;
            share.Pass += came / (double)share.Weight;
            _slots.Return(claim.Slots - started);
        }

        SignalOthers(share);
    }

    /// <summary>Whether a job that this queue's wait brought must go back, because a more important queue may have jobs.</summary>
    internal bool MustYield(QueueShare share)
    {
        if (!_strict || share.Order == 0)
        {
            return false;
        }

        lock (_lock)
        {
            return MoreImportantWants(share);
        }
    }

    /// <summary>Whether the queue's jobs come before those of some other queue, whatever came first.</summary>
    internal bool HasPrecedence(QueueShare share) => _strict && share.Order < _all.Length - 1;

    /// <summary>Whether jobs of the one queue come before those of the other, whatever came first.</summary>
    internal bool ComesBefore(QueueShare share, string other) =>
        _strict && Array.Exists(_all, one => one.Queue == other && one.Order > share.Order);

    /// <summary>Says to the other queues that this one's state has changed.</summary>
    internal void SignalOthers(QueueShare share)
    {
        foreach (var other in _all)
        {
            if (other != share)
            {
                other.Signal.Set();
            }
        }
    }

    /// <summary>
    /// Whether a wait for this queue's next job may be open: while a slot is free for it, or, beside other queues, while slots turn
    /// over so quickly that jobs are read ahead.
    /// </summary>
    internal bool MayWatch(QueueShare share)
    {
        lock (_lock)
        {
            return share.IsEmpty(_slots.Freed) && (IsOne ? _slots.Free > 0
                : _slots.Free > 0 ? !_all.Any(other => Competes(other, share))
                : _roomAhead() > 0);
        }
    }

    /// <summary>A queue that had nothing to say has jobs again, or nobody knows: it begins level with the others, without a credit.</summary>
    internal void Level(QueueShare share)
    {
        lock (_lock)
        {
            share.Pass = Math.Max(share.Pass, _served);
        }
    }

    private bool MoreImportantWants(QueueShare share) => _all.Any(other => other.Order < share.Order && Competes(other, share));

    /// <summary>Whether another queue must be left its part. While a suspect has the worker, none must: they may not fetch.</summary>
    private bool Competes(QueueShare other, QueueShare share) => other != share && !Gate.IsClosed && other.Wants(_slots.Freed);

    /// <summary>Deals the free slots out, and then the room ahead, one by one; this queue's part of both.</summary>
    private (int Slots, int Ahead) Weighed(QueueShare share, int free, int room)
    {
        QueueShare[] dealt = [.. _all.Where(other => other == share || Competes(other, share))];
        var passes = Array.ConvertAll(dealt, other => other.Pass + ((other.InFlight.Slots + other.InFlight.Ahead) / (double)other.Weight));
        var mine = Array.IndexOf(dealt, share);
        _served = Math.Max(_served, passes.Min());
        var (slots, ahead) = (0, 0);
        for (var i = 0; i < free + room; i++)
        {
            var next = Array.IndexOf(passes, passes.Min());
            passes[next] += 1 / (double)dealt[next].Weight;
            slots += next == mine && i < free ? 1 : 0;
            ahead += next == mine && i >= free ? 1 : 0;
        }

        return (slots, ahead);
    }

    /// <summary>Ends the waits of the other queues: jobs that come now would come without a slot, and go back.</summary>
    internal void EndOtherWaits(QueueShare share)
    {
        foreach (var other in _all)
        {
            if (other != share && other.IsWatched)
            {
                other.EndWait();
            }
        }
    }
}
