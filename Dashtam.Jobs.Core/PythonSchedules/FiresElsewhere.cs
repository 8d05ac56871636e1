using System.Threading.Channels;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>
/// Notices that TaskIQ's own scheduler fires entries that schedulers of this service fire, too: each of their jobs runs twice. Runs do not
/// wait for it: a message is judged by its id, and Redis is asked behind the runs' back, about unmarked ids only.
/// </summary>
internal sealed partial class FiresElsewhere(IFireMarks marks, TimeProvider time, ILogger<FiresElsewhere> logger) : BackgroundService
{
    /// <summary>How many schedules are named at most; further ones are only counted.</summary>
    internal const int NamedAtMost = 1_000;

    /// <summary>A schedule that is not ours is asked about again after this time.</summary>
    internal static readonly TimeSpan AskedAgainAfter = TimeSpan.FromMinutes(1);

    private const string Requeued = "X-Taskiq-requeue";
    private const int WaitingAtMost = 100;

    private readonly Channel<Fire> _fires = Channel.CreateBounded<Fire>(WaitingAtMost);

    // Used by the loop alone.
    private readonly HashSet<(string Queue, string Schedule)> _named = [];
    private readonly Dictionary<(string Queue, string Schedule), long> _asked = [];

    /// <summary>A worker has got a message of a TaskIQ client. When many wait to be looked at, it is passed over.</summary>
    public void Note(string queue, JobEnvelope message)
    {
        if (message.Labels.Text(ScheduleLabels.Id) is { } schedule && !TaskIdLimit.IsExceededBy(schedule) && IsFirstRun(message.Labels)
            && FireId.IsMade(message.TaskId) && !FireId.IsOurs(message.TaskId, schedule))
        {
            _fires.Writer.TryWrite(new Fire(queue, schedule, Cut.Name(message.TaskName), message.TaskId));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var fire in _fires.Reader.ReadAllAsync(stoppingToken))
        {
            await LookAsync(fire, stoppingToken);
        }
    }

    // Whatever pushes a job again says so in a label, and may have given the job its id.
    private static bool IsFirstRun(JobLabels labels) => labels.FailedAttempts == 0 && labels.Text(Requeued) is null;

    private async Task LookAsync(Fire fire, CancellationToken stoppingToken)
    {
        var key = (fire.Queue, fire.Schedule);
        try
        {
            if (!_named.Contains(key) && (WasAsked(key) || !await marks.AreMarkedAsync(fire.Queue, fire.Schedule, stoppingToken)))
            {
                return;
            }

            if (_named.Count < NamedAtMost && _named.Add(key))
            {
                _asked.Remove(key);
                LogElsewhere(Cut.Name(fire.Schedule), fire.Job, fire.TaskId);
            }

            await marks.CountElsewhereAsync(fire.Queue, stoppingToken);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // Redis is away, or refuses: the next fire of the schedule is looked at.
        }
    }

    private bool WasAsked((string Queue, string Schedule) key)
    {
        if (_asked.TryGetValue(key, out var at) && time.GetElapsedTime(at) < AskedAgainAfter)
        {
            return true;
        }

        if (_asked.Count >= NamedAtMost)
        {
            _asked.Clear();
        }

        _asked[key] = time.GetTimestamp();
        return false;
    }

    [LoggerMessage(EventName = "schedule_fired_elsewhere", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} of a Python producer fires twice: its job {Job} ({TaskId}) was not pushed by a scheduler of this "
            + "service, and schedulers of this service fire this schedule. Stop TaskIQ's own scheduler. If TaskIQ's scheduler has stopped, the job "
            + "waited in the queue since then. Logged once for each schedule")]
    private partial void LogElsewhere(string schedule, string job, string taskId);

    private sealed record Fire(string Queue, string Schedule, string Job, string TaskId);
}
