using Dashtam.Jobs.Core.Infrastructure.Redis;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>The frame of the loops that look for Python's entries and fire them.</summary>
internal abstract class PythonScheduleLoop(PythonSchedulesState state, TimeProvider time) : BackgroundService
{
    // A Redis that refuses is not asked five times a second.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>The pause between two turns, where <see cref="WaitAsync"/> is not another one.</summary>
    protected virtual TimeSpan Pause => PauseAfterFailure;

    protected abstract Task TurnAsync(CancellationToken stoppingToken);

    /// <summary>Waits for the next turn, after one that succeeded.</summary>
    protected virtual Task WaitAsync(CancellationToken stoppingToken) => Task.Delay(Pause, time, stoppingToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Allowed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            await (await TryAsync(stoppingToken) ? WaitAsync(stoppingToken) : Task.Delay(PauseAfterFailure, time, stoppingToken))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (state.IsOn)
            {
                await TurnAsync(stoppingToken);
                state.Worked(GetType().Name);
            }

            return true;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            state.Failed(GetType().Name, error);
            return false;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
