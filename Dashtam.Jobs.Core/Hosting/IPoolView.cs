namespace Dashtam.Jobs.Core.Hosting;

/// <summary>The thread pool, as the watchdog sees it.</summary>
internal interface IPoolView
{
    /// <summary>What grows as long as the pool does anything: finished work, threads, processor time.</summary>
    PoolWork Look();

    /// <summary>Queues a piece of work behind what waits already.</summary>
    void Post(Action work);
}

/// <summary>What the pool has done so far.</summary>
internal readonly record struct PoolWork(long Completed, int Threads, TimeSpan Processor);

/// <summary>The pool of this process.</summary>
internal sealed class PoolView : IPoolView
{
    public PoolWork Look() =>
        new(ThreadPool.CompletedWorkItemCount, ThreadPool.ThreadCount, Environment.CpuUsage.TotalTime);

    public void Post(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);
}
