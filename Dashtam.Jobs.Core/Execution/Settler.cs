using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>
/// Repeats a settlement until Redis has answered: what a run did must not be forgotten because a connection was lost. The
/// scripts say whether an earlier try has run.
/// </summary>
internal sealed partial class Settler(TimeProvider time, ILogger<Settler> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private long _tries;

    /// <summary>Tries that have ended, whether or not they settled anything.</summary>
    public long Tries => Interlocked.Read(ref _tries);

    /// <returns>
    /// <see cref="Settlement.Done"/> also when an earlier try of this call did it, or the result could not be stored;
    /// <see cref="Settlement.Fenced"/> also when the process ends first: recovery will then give the job to another worker.
    /// </returns>
    public async Task<Settlement> SettleAsync(
        Func<CancellationToken, Task<Settlement>> settle, CancellationToken settleToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var settlement = await settle(settleToken);
                Interlocked.Increment(ref _tries);
                return Told(settlement, attempt);
            }
            catch (OperationCanceledException)
            {
                LogGivenUp(attempt);
                return Settlement.Fenced;
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                Interlocked.Increment(ref _tries);
                LogRepeated(attempt, error.Message);
            }

            await Task.Delay(pause, time, settleToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private Settlement Told(Settlement settlement, int attempt)
    {
        if (settlement == Settlement.DoneWithoutResult)
        {
            LogResultRefused();
            return Settlement.Done;
        }

        // "Already done" on the first try was done by nobody we know: the list was changed behind our back.
        return settlement == Settlement.AlreadyDone
            ? attempt > 1 ? Settlement.Done : Settlement.Fenced
            : settlement;
    }

    [LoggerMessage(EventName = "result_refused", Level = LogLevel.Error,
        Message = "A job has ended and is counted, but its result is not stored: a list, hash or other structure stands at its "
            + "key and was left as it is. Look at the key with TYPE; does its name come from the task id, or from JOB_RESULT_PREFIX?")]
    private partial void LogResultRefused();

    [LoggerMessage(EventName = "settlement_repeated", Level = LogLevel.Warning,
        Message = "Redis did not confirm that a job was settled (try {Try}): {Problem}. It is tried again")]
    private partial void LogRepeated(int @try, string problem);

    [LoggerMessage(EventName = "settlement_given_up", Level = LogLevel.Error,
        Message = "The process ends before Redis confirmed that a job was settled (try {Try}); recovery will run it again")]
    private partial void LogGivenUp(int @try);
}
