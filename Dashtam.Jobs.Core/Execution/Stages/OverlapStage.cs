using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Core.Execution.Stages;

/// <summary>Ends a run whose schedule has fired again. Only jobs of schedules that replace pay for it.</summary>
internal sealed class OverlapStage(IScheduleRuns runs, TimeProvider time) : IRunStage
{
    /// <summary>How often a run asks whether it has been replaced.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public ValueTask<JobOutcome> InvokeAsync(Run run, NextStage next) =>
        ScheduleLabels.ScheduleThatReplaces(run.Envelope.Labels) is { } schedule ? InvokeAsync(schedule, run, next) : next(run);

    private async ValueTask<JobOutcome> InvokeAsync(string schedule, Run run, NextStage next)
    {
        // Also the second attempt of a job that was replaced while it waited for it.
        if (await IsReplacedAsync(schedule, run, run.Token))
        {
            run.Move(RunStep.Skip); // the slot need not wait for Redis
            return new JobOutcome.Replaced();
        }

        using var ended = new CancellationTokenSource();
        var watch = WatchAsync(schedule, run, ended.Token);
        try
        {
            return await next(run);
        }
        finally
        {
            await ended.CancelAsync();
            await watch;
        }
    }

    private async Task WatchAsync(string schedule, Run run, CancellationToken endedToken)
    {
        while (!endedToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, endedToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!endedToken.IsCancellationRequested && await IsReplacedAsync(schedule, run, endedToken))
            {
                run.Cancel(CancelReason.Replaced);
                return;
            }
        }
    }

    private async Task<bool> IsReplacedAsync(string schedule, Run run, CancellationToken cancellationToken)
    {
        try
        {
            var newest = await runs.GetNewestAsync(run.Delivery.Queue, schedule, cancellationToken);
            return newest is not null && newest != run.Envelope.TaskId;
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is OperationCanceledException)
        {
            return false; // nobody knows now: it is asked again in a second
        }
    }
}
