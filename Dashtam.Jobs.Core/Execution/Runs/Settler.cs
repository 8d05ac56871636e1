using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>
/// Repeats a settlement until Redis has answered: what a run did must not be forgotten because a connection was lost. The
/// scripts say whether an earlier try has run.
/// </summary>
internal sealed partial class Settler(TimeProvider time, ILogger<Settler> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstQuiet = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private string? _said;
    private long _saidAt;
    private TimeSpan _quiet;
    private int _waiting;
    private long _repeats;

    /// <param name="settle">One try.</param>
    /// <param name="settleToken">Ends the tries.</param>
    /// <param name="run">Whose settlement it is: told of each answer of Redis, also of one that refuses.</param>
    /// <returns>
    /// <see cref="Settlement.Done"/> also when an earlier try of this call did it, or the result could not be stored;
    /// <see cref="Settlement.Fenced"/> also when the process ends first: recovery will then give the job to another worker.
    /// </returns>
    public async Task<Settlement> SettleAsync(
        Func<CancellationToken, Task<Settlement>> settle, CancellationToken settleToken, Run? run = null)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var settlement = await settle(settleToken);
                run?.SettlementAnswered();
                Ended(attempt);
                return Told(settlement, attempt);
            }
            catch (OperationCanceledException)
            {
                Ended(attempt);
                LogGivenUp(attempt);
                return Settlement.Fenced;
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                if (error is RedisServerException)
                {
                    run?.SettlementAnswered();
                }

                Repeated(attempt, error);
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

    /// <summary>Says a problem once, and then at intervals that double, however many jobs wait.</summary>
    private void Repeated(int attempt, Exception error)
    {
        int waiting;
        long repeats;
        lock (_lock)
        {
            _waiting += attempt == 1 ? 1 : 0;
            (waiting, repeats) = (_waiting, ++_repeats);
            var kind = Kind(error);
            if (kind == _said && time.GetElapsedTime(_saidAt) < _quiet)
            {
                return;
            }

            _quiet = kind == _said ? TimeSpan.FromTicks(Math.Min(_quiet.Ticks * 2, LongestQuiet.Ticks)) : FirstQuiet;
            (_said, _saidAt) = (kind, time.GetTimestamp());
        }

        LogRepeated(waiting, repeats, error.Message);
    }

    /// <summary>A settlement that took <paramref name="attempt"/> tries has ended.</summary>
    private void Ended(int attempt)
    {
        if (attempt == 1)
        {
            return; // nearly always
        }

        long repeats;
        lock (_lock)
        {
            if (--_waiting > 0)
            {
                return;
            }

            (repeats, _repeats, _said) = (_repeats, 0, null);
        }

        LogResumed(repeats);
    }

    // Not the message: it may name a duration, or a number, that changes with each try.
    private static string Kind(Exception error) => error is RedisServerException refused
        ? refused.Message.Split(' ', 2)[0]
        : error.GetType().Name;

    [LoggerMessage(EventName = "result_refused", Level = LogLevel.Error,
        Message = "A job ended and is counted, but its result is not stored: the result's key holds a list, hash or "
            + "other structure, which stays. Check the key with TYPE: the task id or JOB_RESULT_PREFIX names a key of "
            + "something else")]
    private partial void LogResultRefused();

    [LoggerMessage(EventName = "settlement_repeated", Level = LogLevel.Warning,
        Message = "Redis does not confirm that jobs ended (jobs that wait: {Waiting}, failed tries: {Tries}): "
            + "{Problem}. Retrying each job at least every 2 s; this line repeats at growing intervals")]
    private partial void LogRepeated(int waiting, long tries, string problem);

    [LoggerMessage(EventName = "settlement_resumed", Level = LogLevel.Information,
        Message = "No job waits any more for Redis to confirm its end (failed tries: {Tries})")]
    private partial void LogResumed(long tries);

    [LoggerMessage(EventName = "settlement_given_up", Level = LogLevel.Error,
        Message = "The process ends before Redis confirmed that a job ended (try {Try}). Another worker runs the job "
            + "again after the lease")]
    private partial void LogGivenUp(int @try);
}
