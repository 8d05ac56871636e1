using System.Threading.Channels;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Fetching;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>Ends the pump's wait when a job becomes due that was delayed after the wait had begun.</summary>
internal sealed partial class WakeLoop(IReadyWaiter waiter, TimeProvider time, ILogger<WakeLoop> logger) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // The first may come before the connection is up.
    private const int LoggedAttempt = 3;

    // A few at most: who is told of more than that wakes up soon enough by itself.
    private readonly Channel<TimeSpan> _due = Channel.CreateBounded<TimeSpan>(
        new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync(stoppingToken);
        try
        {
            await InterruptAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker stops.
        }
    }

    private async Task InterruptAsync(CancellationToken stoppingToken)
    {
        var message = _due.Reader.WaitToReadAsync(stoppingToken).AsTask();
        long? earliest = null;
        while (true)
        {
            var left = earliest is { } due ? time.GetElapsedTime(time.GetTimestamp(), due) : Timeout.InfiniteTimeSpan;
            if (earliest is not null && left <= TimeSpan.Zero)
            {
                earliest = null;
                await waiter.InterruptAsync();
                continue;
            }

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(message, Task.Delay(left, time, ended.Token));
            await ended.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
            if (message.IsCompleted)
            {
                earliest = Earliest(earliest);
                message = _due.Reader.WaitToReadAsync(stoppingToken).AsTask();
            }
        }
    }

    private long? Earliest(long? earliest)
    {
        while (_due.Reader.TryRead(out var due))
        {
            // Later than that: the pump's next fetch learns of it.
            if (due < ReadyWait.LongestWithoutFetch)
            {
                var at = time.GetTimestamp() + Ticks(due);
                earliest = Math.Min(earliest ?? at, at);
            }
        }

        return earliest;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private async Task SubscribeAsync(CancellationToken stoppingToken)
    {
        for (var attempt = 1; !stoppingToken.IsCancellationRequested; attempt++)
        {
            try
            {
                await waiter.SubscribeAsync(due => _due.Writer.TryWrite(due));
                return;
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                if (attempt == LoggedAttempt)
                {
                    LogNotSubscribed(error.Message);
                }

                // Without it a delayed job starts some seconds late; the subscription itself survives reconnects.
                await Task.Delay(PauseAfterFailure, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(EventName = "wake_not_subscribed", Level = LogLevel.Warning,
        Message = "Cannot subscribe to the channel that announces delayed jobs: {Problem}. Retrying every second. "
            + "Until then a delayed job may start up to 12 s late")]
    private partial void LogNotSubscribed(string problem);
}
