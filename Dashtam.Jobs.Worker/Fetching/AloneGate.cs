namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>
/// Lets a suspect have the whole process for itself, whichever queue it comes from: should it take the process down, it takes no job of
/// another queue with it. One queue at a time may be told of a suspect; while one runs, or room is made for it, the other queues fetch
/// nothing and no wait of theirs is open.
/// </summary>
/// <param name="wake">Called when the gate opens: queues may go on.</param>
internal sealed class AloneGate(Action wake)
{
    private readonly Lock _lock = new();
    private readonly List<QueueShare> _active = [];
    private QueueShare? _holder;
    private volatile bool _closed;

    /// <summary>Whether only the queue of a suspect may fetch.</summary>
    public bool IsClosed => _closed;

    /// <summary>Asks for the right to be told of a suspect; true also for who has it already.</summary>
    public bool TryHold(QueueShare share)
    {
        lock (_lock)
        {
            _holder ??= share;
            return _holder == share;
        }
    }

    /// <summary>There is a suspect of the queue that has the right: the other queues begin nothing more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    /// <summary>Gives the right up, and opens the gate; for who does not have it, nothing.</summary>
    public void Release(QueueShare share)
    {
        lock (_lock)
        {
            if (_holder != share)
            {
                return;
            }

            _holder = null;
            if (!_closed)
            {
                return;
            }

            _closed = false;
        }

        wake();
    }

    /// <summary>Whether only this queue may fetch.</summary>
    public bool IsClosedFor(QueueShare share)
    {
        lock (_lock)
        {
            return _closed && _holder == share;
        }
    }

    /// <summary>A queue begins to fetch or to wait; false: a suspect of another queue has the process.</summary>
    public bool TryEnter(QueueShare share)
    {
        lock (_lock)
        {
            if (_closed && _holder != share)
            {
                return false;
            }

            _active.Add(share);
            return true;
        }
    }

    /// <summary>Neither fetches nor waits any more.</summary>
    public void Leave(QueueShare share)
    {
        lock (_lock)
        {
            _active.Remove(share);
        }
    }

    /// <summary>Whether other queues fetch, or wait, at this moment.</summary>
    public bool AreOthersActive(QueueShare share)
    {
        lock (_lock)
        {
            return _active.Exists(other => other != share);
        }
    }
}
