using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Bare;

/// <summary>Counts what was not written at a bare key, and says each reason once.</summary>
internal sealed partial class BareRefusals(IRedisConnections connections, QueueKeys keys, ILogger<BareRefusals> logger)
{
    private int _ids;
    private int _taken;
    private int _refused;
    private int _failed;

    /// <summary>The id may not be a key.</summary>
    public void IdRefused(string taskId)
    {
        Count("bare_results:id_refused");
        if (IsFirst(ref _ids))
        {
            LogIdRefused(Cut.Name(taskId));
        }
    }

    /// <summary>Something else stands at the key.</summary>
    public void KeyTaken(RedisKey key)
    {
        Count("bare_results:key_taken");
        if (IsFirst(ref _taken))
        {
            LogKeyTaken(Cut.Name((string)key!));
        }
    }

    /// <summary>The user has no right to the key.</summary>
    public void NotPermitted(RedisKey key)
    {
        Count("bare_results:not_permitted");
        if (IsFirst(ref _refused))
        {
            LogNotPermitted(Cut.Name((string)key!));
        }
    }

    /// <summary>Redis has not answered.</summary>
    public void Failed(RedisKey key, Exception error)
    {
        Count("bare_results:failed");
        if (IsFirst(ref _failed))
        {
            LogFailed(Cut.Name((string)key!), error.Message);
        }
    }

    private static bool IsFirst(ref int told) => Interlocked.Exchange(ref told, 1) == 0;

    // Nobody waits for it: a job's end must not depend on a counter.
    private void Count(string counter)
    {
        try
        {
            connections.Queue.HashIncrement(keys.Stats, counter, flags: CommandFlags.FireAndForget);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // Redis is away; the line in the log remains.
        }
    }

    [LoggerMessage(EventName = "bare_result_id_refused", Level = LogLevel.Warning,
        Message = "The result of {TaskId} is at its prefixed key only: JOBS_TASKIQ_RESULT_IDS does not allow this id "
            + "as a key, or the id names a key of this service or of dashtam-api. A client that reads the bare key "
            + "waits in vain. Further ids are counted as bare_results:id_refused and not logged")]
    private partial void LogIdRefused(string taskId);

    [LoggerMessage(EventName = "bare_result_key_taken", Level = LogLevel.Warning,
        Message = "The result of {TaskId} is at its prefixed key only: the bare key holds something other than a "
            + "result, which stays. Check the key with TYPE, and why a task has this id. Further ids are counted as "
            + "bare_results:key_taken and not logged")]
    private partial void LogKeyTaken(string taskId);

    [LoggerMessage(EventName = "bare_result_not_permitted", Level = LogLevel.Warning,
        Message = "The result of {TaskId} is at its prefixed key only: this worker's Redis user may not write the "
            + "bare key. Give the user the patterns of docs/reference/redis-acl.md, or set JOBS_TASKIQ_RESULTS=none. "
            + "Further ids are counted as bare_results:not_permitted and not logged")]
    private partial void LogNotPermitted(string taskId);

    [LoggerMessage(EventName = "bare_result_failed", Level = LogLevel.Warning,
        Message = "The result of {TaskId} is at its prefixed key only: Redis did not answer when the bare key was "
            + "written, after the job was settled: {Problem}. Further ids are counted as bare_results:failed and not "
            + "logged")]
    private partial void LogFailed(string taskId, string problem);
}
