using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>
/// Handlers that ignored their cancellation cost their slots until they return, and nothing in the process can end them. When
/// they hold more than a set share of the slots, or one of them is a suspect, beside which nothing runs, the process drains and
/// ends, so that whoever restarts it gets a whole worker.
/// </summary>
internal sealed partial class StuckHandlers(
    RunningJobs running, IOptions<WorkerOptions> options, IHostApplicationLifetime lifetime, ILogger<StuckHandlers> logger)
{
    /// <summary>What the process exits with.</summary>
    public const int ExitCode = Watchdog.ExitCode;

    private int _recycling;
    private volatile bool _hung;

    /// <summary>Whether the process ends because of such handlers: that counts as a move of their jobs.</summary>
    public bool HasRecycled => _hung;

    /// <summary>Looks, and ends the process when it must.</summary>
    public void Check()
    {
        if (Volatile.Read(ref _recycling) != 0)
        {
            return;
        }

        var abandoned = running.Abandoned;
        if (abandoned > options.Value.MostAbandoned)
        {
            LogRecycled(abandoned, options.Value.Concurrency, options.Value.MaxAbandonedPercent);
            _hung = true;
            Recycle();
        }
        else if (running.IsSuspectAbandoned)
        {
            LogSuspectHangs();
            _hung = true;
            Recycle();
        }
    }

    /// <summary>Ends the process in order: it drains, gives back what it holds, and exits with <see cref="ExitCode"/>.</summary>
    public void Recycle()
    {
        if (Interlocked.Exchange(ref _recycling, 1) == 0)
        {
            Environment.ExitCode = ExitCode;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(EventName = "worker_recycled", Level = LogLevel.Critical,
        Message = "Handlers that ignore their cancellation hold slots ({Abandoned} of {Concurrency}), more than "
            + "WORKER_MAX_ABANDONED_PERCENT ({Percent} %) allows. The worker drains and ends with exit code 75, so "
            + "that its supervisor restarts it. The event handler_abandoned names the handlers")]
    private partial void LogRecycled(int abandoned, int concurrency, int percent);

    [LoggerMessage(EventName = "suspect_hangs", Level = LogLevel.Critical,
        Message = "A job that runs alone, because workers died or ended themselves during it, ignores its "
            + "cancellation. The worker drains and ends with exit code 75, so that its supervisor restarts it")]
    private partial void LogSuspectHangs();
}
