using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue.Acl;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Whether the schedules of Python producers are looked for, and what keeps them from firing.</summary>
internal sealed partial class PythonSchedulesState(
    IRedisConnections connections, ScheduleSource source, AclGate rights, ILogger<PythonSchedulesState> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private bool? _isCluster;

    /// <summary>What does not work, in words; null: everything does, or they are switched off.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return _isCluster == true ? OnCluster : _problems.Values.FirstOrDefault();
            }
        }
    }

    /// <summary>Completes when it is known that this process may do in Redis what the loops do.</summary>
    public Task Allowed => rights.Opened;

    /// <summary>Whether there is anything to do.</summary>
    public bool IsOn => source.IsOn && !IsCluster();

    private const string OnCluster = "on Redis Cluster an entry and the queue lie on different nodes, so no script could fire it once";

    /// <summary>A loop's turn has failed; true: this is new.</summary>
    public void Failed(string loop, Exception error)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = _problems.Count == 0;
            _problems[loop] = error.Message;
        }

        if (isNews && RedisFailure.IsPermission(error))
        {
            LogOff($"Redis refuses this user what these schedules need ({error.Message})");
        }
        else if (isNews)
        {
            LogFailed(error.Message);
        }
    }

    /// <summary>A loop's turn has succeeded.</summary>
    public void Worked(string loop)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = _problems.Remove(loop) && _problems.Count == 0;
        }

        if (isNews)
        {
            LogWorks();
        }
    }

    private bool IsCluster()
    {
        if (_isCluster is { } known)
        {
            return known;
        }

        if (connections.Queue.Multiplexer.IsCluster() is not { } isCluster)
        {
            return false; // nobody answers: the turn fails, and says so
        }

        lock (_lock)
        {
            if (_isCluster is null && isCluster)
            {
                LogOff(OnCluster);
            }

            _isCluster ??= isCluster;
            return _isCluster.Value;
        }
    }

    [LoggerMessage(EventName = "python_schedules_off", Level = LogLevel.Warning,
        Message = "Schedules of Python producers do not fire here: {Reason}. If nobody needs them, set "
            + "JOBS_TASKIQ_SCHEDULES to nothing")]
    private partial void LogOff(string reason);

    [LoggerMessage(EventName = "python_schedules_not_checked", Level = LogLevel.Error,
        Message = "Cannot look for schedules of Python producers, or fire them: {Problem}. Retrying")]
    private partial void LogFailed(string problem);

    [LoggerMessage(EventName = "python_schedules_checked_again", Level = LogLevel.Information,
        Message = "Schedules of Python producers fire again")]
    private partial void LogWorks();
}
