using Dashtam.Jobs.Core.Execution.Runs;

namespace Dashtam.Jobs.Worker.Running;

/// <content>Handlers that block their slot's thread.</content>
internal sealed partial class RunningJobs
{
    /// <summary>
    /// Looks after handlers that block before their first await: the slot's own thread runs them, so nothing else sees that
    /// their time is up. Cancels those, and goes on without those that do not return within the grace.
    /// </summary>
    public void CheckBlocked()
    {
        foreach (var run in Unsettled.Select(held => held.Run).OfType<JobRun>().Where(run => run.IsInHandler))
        {
            if (run.CancelledBecause == CancelReason.None && _time.GetElapsedTime(run.StartedAt) >= run.Timeout)
            {
                run.Cancel(CancelReason.Timeout);
            }

            run.BlockedSince ??= run.CancelledBecause is CancelReason.None or CancelReason.Drain ? null : _time.GetTimestamp();
            if (run.BlockedSince is { } since && _time.GetElapsedTime(since) >= _timeouts.Value.Grace)
            {
                _ = _executor.GoOnWithoutAsync(run);
            }
        }
    }

    /// <summary>How many handlers block their slot's thread for that long already.</summary>
    public int Blocking(TimeSpan atLeast) => Unsettled.Count(
        held => held.Run is { IsInHandler: true } run && _time.GetElapsedTime(run.StartedAt) >= atLeast);
}
