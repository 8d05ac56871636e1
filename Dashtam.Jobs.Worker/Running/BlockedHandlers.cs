using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Hosting;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>
/// Looks after handlers that block the thread of their slot: cancels and abandons those whose time is up (see
/// <see cref="TimedHandlers.CheckBlocked"/>), and lets the pool have threads for the others. By itself the pool adds one or two a
/// second, and what else needs one, as the return of jobs that were read ahead, would wait for that.
/// </summary>
/// <remarks>On a thread of its own: what it looks for is a pool that has none.</remarks>
internal sealed class BlockedHandlers(
    RunningJobs running, TimedHandlers handlers, PoolThreads pool, IOptions<WorkerOptions> options, TimeProvider time)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>From when on a handler counts as one that blocks.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(50);

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private int _spare;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "blocked-handlers" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    /// <summary>One look.</summary>
    internal void Look()
    {
        var blocking = 0;
        foreach (var run in running.Begun)
        {
            handlers.CheckBlocked(run);
            blocking += run.State == RunState.Called && time.GetElapsedTime(run.StartedAt) >= LongEnough ? 1 : 0;
        }

        // Twice as many, so that a hundred take a few looks and not a hundred; taken back only when none blocks any more.
        var spare = blocking == 0 ? 0 : Math.Max(_spare, Math.Min(2 * blocking, options.Value.Concurrency + pool.Usual));
        if (spare != _spare)
        {
            pool.Spare(spare);
            _spare = spare;
        }
    }

    private void Watch()
    {
        while (!_stop.Wait(Interval))
        {
            Look();
        }
    }
}
