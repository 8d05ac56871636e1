using Dashtam.Jobs.Core.Hosting;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>Places for running jobs. A handler that ignores its cancellation keeps its place until it returns.</summary>
internal sealed class Slots(int count)
{
    private Signal[] _listeners = [];
    private int _free = count;
    private long _freed;

    /// <summary>Places in all.</summary>
    public int Count { get; } = count;

    /// <summary>Places that nobody has.</summary>
    public int Free => Math.Max(0, Volatile.Read(ref _free));

    /// <summary>How often jobs have given places back so far.</summary>
    public long Freed => Interlocked.Read(ref _freed);

    /// <summary>Signalled whenever something has changed that may let a job start; made before anything runs.</summary>
    public Signal Listen()
    {
        var signal = new Signal();
        _listeners = [.. _listeners, signal];
        return signal;
    }

    /// <summary>Takes free places, as many as are there and wanted.</summary>
    public int Take(int most)
    {
        for (var free = Volatile.Read(ref _free); ;)
        {
            var taken = Math.Clamp(free, 0, most);
            var seen = taken == 0 ? free : Interlocked.CompareExchange(ref _free, free - taken, free);
            if (seen == free)
            {
                return taken;
            }

            free = seen;
        }
    }

    /// <summary>Jobs give their places back.</summary>
    public void Release(int count = 1)
    {
        Interlocked.Add(ref _free, count);
        Interlocked.Increment(ref _freed);
        Signal();
    }

    /// <summary>
    /// Places that were taken for jobs which did not come. A negative number takes as many away: a suspect that was found without a
    /// free place gives one back that nobody had.
    /// </summary>
    public void Return(int count) => Interlocked.Add(ref _free, count);

    /// <summary>Says that something has changed, free places or not.</summary>
    public void Signal()
    {
        foreach (var listener in _listeners)
        {
            listener.Set();
        }
    }
}
