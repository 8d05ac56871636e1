using Dashtam.Jobs.Core.Execution.Runs;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Execution.Timeouts;

/// <summary>Cancels a run at its timeout, and goes on without a handler that ignores being cancelled.</summary>
internal sealed class TimeoutMiddleware(IOptions<TimeoutOptions> options, TimeProvider time) : IJobMiddleware
{
    public async ValueTask<JobOutcome> InvokeAsync(JobRun run, JobDelegate next)
    {
        if (run.IsGivenUp)
        {
            return Abandon(run);
        }

        // On the slot's own thread: most handlers are short or wait for something soon. While one blocks before its first wait,
        // its worker looks after it, as nothing here can.
        run.EnterHandler();
        var called = next(run);
        if (!run.LeaveHandler())
        {
            await called;
            return new JobOutcome.GivenUp();
        }

        return called.IsCompleted ? await called : await WaitAsync(run, called.AsTask());
    }

    private async Task<JobOutcome> WaitAsync(JobRun run, Task<JobOutcome> handler)
    {
        run.Handler = handler;
        var left = run.Timeout - time.GetElapsedTime(run.StartedAt);
        if (await EndsWithinAsync(handler, left > TimeSpan.Zero ? left : TimeSpan.Zero, run.Token))
        {
            return await handler;
        }

        run.Cancel(CancelReason.Timeout);
        if (run.CancelledBecause != CancelReason.Drain
            && !await EndsWithinAsync(handler, options.Value.Grace, CancellationToken.None))
        {
            return Abandon(run);
        }

        // At a drain a handler has until the process ends: giving its job back while it runs would run it twice.
        return await handler;
    }

    /// <summary>True when the handler ended; false when the time, or the run, was over first.</summary>
    private async Task<bool> EndsWithinAsync(Task handler, TimeSpan limit, CancellationToken token)
    {
        try
        {
            await handler.WaitAsync(limit, time, token);
            return true;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            return handler.IsCompleted;
        }
    }

    private static JobOutcome Abandon(JobRun run) => run.CancelledBecause switch
    {
        CancelReason.Lost => new JobOutcome.Fenced(),
        CancelReason.Replaced => new JobOutcome.Replaced(),
        _ => new JobOutcome.TimedOut(run.Timeout),
    };
}
