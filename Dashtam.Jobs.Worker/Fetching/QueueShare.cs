using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Worker.Running;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>One queue's part in <see cref="QueueShares"/>; called by its pump alone.</summary>
/// <param name="queue">The queue's name.</param>
/// <param name="order">0: the most important one.</param>
/// <param name="weight">At least 1.</param>
/// <param name="all">All queues' parts.</param>
/// <param name="slots">The worker's places.</param>
internal sealed class QueueShare(string queue, int order, int weight, QueueShares all, Slots slots)
{
    private const long Unknown = -1;

    private long _emptyAt = Unknown;
    private bool _wasEmpty = true;
    private bool _failing = true; // until its pump turns: its Redis may be away from the start
    private volatile bool _busy;

    /// <summary>The queue's name.</summary>
    public string Queue { get; } = queue;

    /// <summary>Whether the worker serves no other queue.</summary>
    public bool IsOnly => all.IsOne;

    /// <summary>How many queues the worker serves.</summary>
    public int Queues => all.All.Count;

    /// <summary>0: the most important one.</summary>
    public int Order { get; } = order;

    /// <summary>At least 1.</summary>
    public int Weight { get; } = weight;

    /// <summary>Signalled when this queue may get more than before.</summary>
    public Signal Signal { get; } = slots.Listen();

    /// <summary>Whether it waits for a slot, or for a suspect to end: no fetch is expected then.</summary>
    public bool Busy
    {
        get => _busy;
        set => _busy = value;
    }

    /// <summary>Starts so far for its weight.</summary>
    internal double Pass { get; set; }

    /// <summary>What it fetches at this moment.</summary>
    internal Claim InFlight { get; set; }

    /// <summary>Whether a wait for its next job is open.</summary>
    internal volatile bool IsWatched;

    /// <summary>Ends that wait.</summary>
    public Action EndWait { get; set; } = () => { };

    /// <summary>Whether its jobs come before those of some other queue, whatever came first.</summary>
    public bool HasPrecedence => all.HasPrecedence(this);

    /// <summary>Whether its jobs come before those of another queue, whatever came first.</summary>
    public bool ComesBefore(string other) => all.ComesBefore(this, other);

    /// <summary>Whether a job that its wait brought must go back, because a more important queue may have jobs.</summary>
    public bool MustYield => all.MustYield(this);

    /// <inheritdoc cref="AloneGate.TryEnter"/>
    public bool TryEnter() => all.Gate.TryEnter(this);

    /// <inheritdoc cref="AloneGate.Leave"/>
    public void Leave() => all.Gate.Leave(this);

    /// <inheritdoc cref="AloneGate.TryHold"/>
    public bool TryHoldAlone() => all.Gate.TryHold(this);

    /// <summary>There is a suspect in this queue: the other queues begin nothing more, and their waits end.</summary>
    public void CloseOthers()
    {
        all.Gate.Close();
        all.EndOtherWaits(this);
    }

    /// <inheritdoc cref="AloneGate.Release"/>
    public void GiveUpAlone() => all.Gate.Release(this);

    /// <inheritdoc cref="AloneGate.IsClosedFor"/>
    public bool HasWorkerAlone => all.Gate.IsClosedFor(this);

    /// <inheritdoc cref="AloneGate.AreOthersActive"/>
    public bool AreOthersActive => all.Gate.AreOthersActive(this);

    /// <summary>The pump of this queue begins: from now on the other queues leave this queue its part.</summary>
    public void Begin()
    {
        Volatile.Write(ref _failing, false);
        all.SignalOthers(this);
    }

    /// <summary>A slot that was taken for a moment is free again: another queue may have missed it.</summary>
    public void ReturnSlot()
    {
        slots.Return(1);
        all.SignalOthers(this);
    }

    /// <summary>Takes what this queue may have now; empty: another queue comes first, or nothing is free.</summary>
    /// <param name="signalled">Whether something has changed since the last call; without that nothing more is read ahead.</param>
    public Claim Take(bool signalled) => all.Take(this, signalled);

    /// <summary>Whether a wait for its next job may be opened.</summary>
    public bool MayWatch => all.MayWatch(this);

    /// <summary>A fetch has brought what it could.</summary>
    /// <param name="wanted">What was claimed for it.</param>
    /// <param name="started">Of the jobs that came, those that took slots of the claim.</param>
    /// <param name="came">Jobs that came.</param>
    public void Fetched(Claim wanted, int started, int came) =>
        Settle(started, came, isEmpty: came < wanted.Slots || (!all.IsOne && came == 0));

    /// <summary>
    /// A fetch failed, or is not answered in time: the other queues take its slots, and do not wait for this queue. What the fetch brings
    /// in the end starts where there is room.
    /// </summary>
    public void Failed()
    {
        Volatile.Write(ref _failing, true);
        all.Settle(this, started: 0, came: 0);
    }

    /// <summary>A fetch brought no jobs, for another reason than that there are none.</summary>
    public void Returned() => Settle(started: 0, came: 0, isEmpty: false);

    /// <summary>Jobs came late, or by a wait; none: the queue had none.</summary>
    public void Came(int jobs) => Settle(started: 0, jobs, isEmpty: jobs == 0);

    /// <summary>A wait is open; or it has ended, and nobody knows what the queue holds.</summary>
    public void Watch(bool open)
    {
        IsWatched = open;
        if (!open)
        {
            Interlocked.Exchange(ref _emptyAt, Unknown);
        }

        all.SignalOthers(this);
    }

    /// <summary>Whether it is known to have no jobs, as of the last slot that was freed.</summary>
    internal bool IsEmpty(long freed) => Interlocked.Read(ref _emptyAt) is var at && at != Unknown && (at == freed || all.IsOne);

    /// <summary>Whether it may have jobs, so that others must leave it its part.</summary>
    internal bool Wants(long freed) => !IsWatched && !Volatile.Read(ref _failing) && !IsEmpty(freed);

    private void Settle(int started, int came, bool isEmpty)
    {
        Interlocked.Exchange(ref _emptyAt, isEmpty ? slots.Freed : Unknown);
        if (_wasEmpty && came > 0)
        {
            all.Level(this);
        }

        Volatile.Write(ref _failing, false);
        all.Settle(this, started, came);
        _wasEmpty = isEmpty || (_wasEmpty && came == 0); // without jobs, and not known to be empty, nothing was learned
    }
}
