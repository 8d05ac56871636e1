using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Upkeep;

/// <summary>
/// Ends dead letters that are older than <c>JOBS_DEAD_MAX_DAYS</c>, where that is set. Every worker looks; each dead letter is removed,
/// counted and told of by one of them.
/// </summary>
internal sealed partial class DeadLettersLoop(
    IDeadLetterExpiry dead, AclGate rights, IOptions<QueueOptions> options, TimeProvider time, ILogger<DeadLettersLoop> logger)
    : BackgroundService
{
    /// <summary>Between two looks. Workers that start together do not look together for long: each look takes its own time.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>After a look that failed.</summary>
    internal static readonly TimeSpan ShortPause = TimeSpan.FromMinutes(1);

    /// <summary>Before the first look.</summary>
    internal static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await rights.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (var pause = FirstPause; options.Value.DeadMaxDays > 0; pause = await ExpireAsync(stoppingToken) ? Pause : ShortPause)
        {
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>True: nothing that is too old is left, or the worker stops.</summary>
    private async Task<bool> ExpireAsync(CancellationToken stoppingToken)
    {
        var removed = 0;
        IReadOnlyList<string> names = [];
        try
        {
            ExpiredLetters expired;
            do
            {
                expired = await dead.ExpireAsync(stoppingToken);
                removed += expired.Removed;
                names = names.Count == 0 ? expired.Names : names;
            }
            while (expired.Removed == DeadLetterExpiry.RemovedAtOnce);

            return true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            LogFailed(error.Message);
            return false;
        }
        finally
        {
            if (removed > 0)
            {
                LogExpired(removed, options.Value.DeadMaxDays, NamedList.Of(names, removed));
            }
        }
    }

    [LoggerMessage(EventName = "dead_letters_expired", Level = LogLevel.Warning,
        Message = "Removed for good: dead letters older than JOBS_DEAD_MAX_DAYS ({Days}) (letters: {Removed}): {TaskIds}")]
    private partial void LogExpired(int removed, int days, string taskIds);

    [LoggerMessage(EventName = "dead_letters_not_expired", Level = LogLevel.Warning,
        Message = "Cannot remove dead letters that are too old: {Problem}. Retrying in a minute")]
    private partial void LogFailed(string problem);
}
