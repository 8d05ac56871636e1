using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>
/// Ends a process that is deadlocked (see <see cref="DeadlockDetector"/>), to be started again. On a thread of its own, and
/// without anything that the rest of the process may hold: no logger, no pool, no order to stop.
/// </summary>
internal sealed class Watchdog(IOptions<WatchdogOptions> options, IEnumerable<IPulse> pulses, TimeProvider time)
    : IHostedService, IDisposable
{
    /// <summary>What the process exits with: EX_TEMPFAIL of sysexits.h, "try again".</summary>
    public const int ExitCode = 75;

    private static readonly TimeSpan LastLine = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastSteps = TimeSpan.FromSeconds(5);

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "watchdog" };
        _thread.Start();
        return Task.CompletedTask;
    }

    // It watches until the end: a stop can deadlock, too.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        var detector = new DeadlockDetector(new PoolView(), pulses, time, TimeSpan.FromSeconds(options.Value.Seconds));
        while (!_stop.Wait(DeadlockDetector.Interval))
        {
            if (detector.Look() is { } deadlock)
            {
                End(deadlock);
            }
        }
    }

    /// <summary>Each step on a thread that is not waited for beyond its time: whoever is deadlocked may hold the console.</summary>
    private static void End(string deadlock)
    {
        Within(LastLine, () => StartupFailure.ReportDeadlock(deadlock));
        Within(LastSteps, () => Environment.Exit(ExitCode));
        Environment.FailFast(deadlock);
    }

    private static void Within(TimeSpan limit, Action step)
    {
        var thread = new Thread(() => step()) { IsBackground = true };
        thread.Start();
        thread.Join(limit);
    }
}
