using Dashtam.Jobs.Core.Execution.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Execution.Timeouts;

/// <summary>Calls handlers, cancels each at its timeout, and abandons those that ignore being cancelled.</summary>
internal sealed partial class TimedHandlers(
    HandlerCall handler, IOptions<TimeoutOptions> options, TimeProvider time, ILogger<TimedHandlers> logger)
{
    /// <summary>
    /// The slot's part: calls the handler when the stages have come to it, on the slot's own thread, as most handlers are short or wait
    /// for something soon. Ends when the handler has returned, or will not be called. Does not fail.
    /// </summary>
    public async Task CallAsync(Run run)
    {
        if (!run.Ready.IsSet)
        {
            await run.Ready.Task;
        }

        if (run.Move(RunStep.Call) != RunState.Begun)
        {
            return;
        }

        try
        {
            ExecutionContext.Restore(run.Ambient!); // for this method: whoever called it gets its own back
            var called = handler.RunAsync(run);
            var outcome = called.IsCompleted ? await called : await WaitAsync(run, called.AsTask());
            if (run.Move(RunStep.Return) is RunState.Abandoned or RunState.Settled)
            {
                LogReturned(run.Job.Name, run.Envelope.TaskId);
            }
            else
            {
                run.GoOn(outcome);
            }
        }
        catch (Exception error)
        {
            // Nothing above should throw, but for want of memory.
            if (run.Move(RunStep.Return) is RunState.Called or RunState.Waiting)
            {
                run.Fail(error);
            }
        }
    }

    /// <summary>
    /// The watch's part, for a handler that blocks before its first wait, as nothing else sees that its time is up: the slot's own thread
    /// runs it. Cancels it, and abandons it when it does not return within the grace.
    /// </summary>
    public void CheckBlocked(Run run)
    {
        if (run.State != RunState.Called)
        {
            return;
        }

        if (run.CancelledBecause == CancelReason.None && time.GetElapsedTime(run.StartedAt) >= run.Timeout)
        {
            run.Cancel(CancelReason.Timeout);
        }

        run.BlockedSince ??= run.CancelledBecause is CancelReason.None or CancelReason.Drain ? null : time.GetTimestamp();
        if (run.BlockedSince is { } since && time.GetElapsedTime(since) >= options.Value.Grace)
        {
            Abandon(run);
        }
    }

    private async Task<JobOutcome> WaitAsync(Run run, Task<JobOutcome> called)
    {
        run.Move(RunStep.Wait);
        var left = run.Timeout - time.GetElapsedTime(run.StartedAt);
        if (!await EndsWithinAsync(called, left > TimeSpan.Zero ? left : TimeSpan.Zero, run.Token))
        {
            // At a drain a handler has until the process ends: giving its job back while it runs would run it twice.
            run.Cancel(CancelReason.Timeout);
            if (run.CancelledBecause != CancelReason.Drain
                && !await EndsWithinAsync(called, options.Value.Grace, CancellationToken.None))
            {
                Abandon(run);
            }
        }

        return await called;
    }

    /// <summary>True when the handler ended; false when the time, or the run, was over first.</summary>
    private async Task<bool> EndsWithinAsync(Task called, TimeSpan limit, CancellationToken token)
    {
        try
        {
            await called.WaitAsync(limit, time, token);
            return true;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            return called.IsCompleted;
        }
    }

    private void Abandon(Run run)
    {
        if (run.Move(RunStep.Abandon) is RunState.Called or RunState.Waiting)
        {
            LogAbandoned(run.Job.Name, run.Envelope.TaskId);
            run.GoOn(run.CancelledOutcome ?? new JobOutcome.TimedOut(run.Timeout));
        }
    }

    [LoggerMessage(EventName = "handler_abandoned", Level = LogLevel.Error,
        Message = "The handler of {Job} ({TaskId}) ignores its cancellation. The job is settled without its handler, "
            + "which keeps its slot until it returns. Pass the cancellation token on in the handler")]
    private partial void LogAbandoned(string job, string taskId);

    [LoggerMessage(EventName = "handler_returned", Level = LogLevel.Information,
        Message = "The abandoned handler of {Job} ({TaskId}) returned; its slot is free again")]
    private partial void LogReturned(string job, string taskId);
}
