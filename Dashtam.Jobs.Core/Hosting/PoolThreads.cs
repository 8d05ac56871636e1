namespace Dashtam.Jobs.Core.Hosting;

/// <summary>The one owner of the thread pool's minimum: who needs threads says how many, and takes back only that.</summary>
internal sealed class PoolThreads
{
    private readonly Lock _lock = new();
    private readonly int _completions;
    private readonly int _usual;
    private int _floor;
    private int _spare;

    public PoolThreads() => ThreadPool.GetMinThreads(out _usual, out _completions);

    /// <summary>What the pool has at least while no thread is spared.</summary>
    public int Usual
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(_usual, _floor);
            }
        }
    }

    /// <summary>Raises the least number of threads; of several calls the largest number holds.</summary>
    public void AtLeast(int threads)
    {
        lock (_lock)
        {
            _floor = Math.Max(_floor, threads);
            Apply();
        }
    }

    /// <summary>Adds threads to the least number while threads are blocked; 0 takes them back.</summary>
    public void Spare(int threads)
    {
        lock (_lock)
        {
            _spare = threads;
            Apply();
        }
    }

    private void Apply() => ThreadPool.SetMinThreads(Math.Max(_usual, _floor) + _spare, _completions);
}
