using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>The queue: its name, and how much its keys may hold.</summary>
internal sealed class QueueOptions
{
    /// <summary>The queue, and the key of its ready list; see <see href="docs/reference/settings.md#names">names</see>.</summary>
    [Setting("JOBS_QUEUE_NAME", ReadBy = SettingReaders.All, Allowed = QueueName.Rule)]
    [Display(Name = "JOBS_QUEUE_NAME"), Required, KeyName, RegularExpression(QueueName.Pattern,
        ErrorMessage = "{0} allows 1 to 200 characters without braces.")]
    public string Name { get; set; } = "dashtam:jobs";

    /// <summary>How long a result is kept.</summary>
    [Setting("JOB_RESULT_TTL"), Display(Name = "JOB_RESULT_TTL"), Range(1, 31_536_000)]
    public int ResultTtlSeconds { get; set; } = 86_400;

    /// <summary>
    /// What stands before <c>:{task_id}</c> in a result's key; <c>{queue}</c> becomes the queue's hash tag. On Redis Cluster use
    /// <c>{queue}:result</c>, for the scheduler, too. See <see href="docs/reference/settings.md#names">names</see>.
    /// </summary>
    [Setting("JOB_RESULT_PREFIX", ReadBy = SettingReaders.Worker | SettingReaders.Producers,
        Allowed = "1 to 200 characters" + KeyNameAttribute.Rule)]
    [Display(Name = "JOB_RESULT_PREFIX"), Required, KeyName, StringLength(200, MinimumLength = 1)]
    public string ResultPrefix { get; set; } = "taskiq:result";

    /// <summary>
    /// What is also written at the bare key <c>{task_id}</c>, where TaskIQ clients without <c>prefix_str</c> look. <c>AUTO</c>: a
    /// pickle for messages with the field <c>labels_types</c>, which come from a TaskIQ client. <c>JSON</c>, <c>PICKLE</c>: for
    /// every message. See <see href="docs/reference/producers.md#results-at-the-bare-key">producers</see>.
    /// </summary>
    [Setting("JOBS_TASKIQ_RESULTS", Default = "`AUTO`"), Display(Name = "JOBS_TASKIQ_RESULTS")]
    public TaskiqResults? TaskiqResults { get; set; }

    /// <summary>
    /// Which task ids may be a bare key. <c>PLAIN</c>: at most 200 bytes without <c>:</c>, braces and control characters.
    /// <c>GENERATED</c>: 32 hex digits or a UUID. <c>ANY</c>: all but the queue's own keys, <c>sse:…</c>, <c>{sse}…</c>,
    /// <c>schedule:…</c> and results'.
    /// </summary>
    [Setting("JOBS_TASKIQ_RESULT_IDS"), Display(Name = "JOBS_TASKIQ_RESULT_IDS")]
    public TaskiqResultIds TaskiqResultIds { get; set; } = TaskiqResultIds.Plain;

    /// <summary>
    /// The older name of <c>JOBS_TASKIQ_RESULTS</c>; still works and says so (<c>setting_deprecated</c>). Refused beside a
    /// <c>JOBS_TASKIQ_RESULTS</c> that means something else.
    /// </summary>
    [Setting("JOB_RESULT_BARE_KEY", Default = "not set"), Display(Name = "JOB_RESULT_BARE_KEY")]
    public BareResultKey? BareKey { get; set; }

    /// <summary>What is written at the bare task id, whichever variable says so.</summary>
    public TaskiqResults AtBareKey => TaskiqResults ?? OfBareKey ?? Queue.TaskiqResults.Auto;

    /// <summary>What <see cref="BareKey"/> means; null: it is not set.</summary>
    public TaskiqResults? OfBareKey => BareKey switch
    {
        BareResultKey.Json => Queue.TaskiqResults.Json,
        BareResultKey.None => Queue.TaskiqResults.None,
        _ => null,
    };

    /// <summary>
    /// What the keys of <see href="docs/reference/producers.md#schedules-from-python">schedules that Python producers write</see> begin with,
    /// before a colon; empty: they are not looked for. No other key of this service may begin so; the worker reads this setting to
    /// keep results away from those keys. See <see href="docs/reference/settings.md#names">names</see>.
    /// </summary>
    [Setting("JOBS_TASKIQ_SCHEDULES", ReadBy = SettingReaders.Both, EmptyIsValue = true,
        Allowed = "at most 200 characters without braces" + KeyNameAttribute.Rule)]
    [Display(Name = "JOBS_TASKIQ_SCHEDULES"), KeyName, RegularExpression("[^{}]{0,200}",
        ErrorMessage = "{0} allows at most 200 characters without braces.")]
    public string SchedulesPrefix { get; set; } = "schedule";

    /// <summary>A larger envelope becomes a dead letter.</summary>
    [Setting("JOBS_MAX_ENVELOPE_BYTES"), Display(Name = "JOBS_MAX_ENVELOPE_BYTES"), Range(1_024, 512 * 1024 * 1024)]
    public int MaxEnvelopeBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Dead letters kept; the oldest go first.</summary>
    [Setting("JOBS_DEAD_MAX_ENTRIES"), Display(Name = "JOBS_DEAD_MAX_ENTRIES"), Range(1, 1_000_000)]
    public int DeadMaxEntries { get; set; } = 10_000;

    /// <summary>Bytes of dead letters kept; the newest always is.</summary>
    [Setting("JOBS_DEAD_MAX_BYTES"), Display(Name = "JOBS_DEAD_MAX_BYTES"), Range(1_024L, 1L << 40)]
    public long DeadMaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// How many days a dead letter is kept; older ones are removed for good, counted and logged (<c>dead_letters_expired</c>). 0:
    /// they are kept for as long as there is room.
    /// </summary>
    [Setting("JOBS_DEAD_MAX_DAYS"), Display(Name = "JOBS_DEAD_MAX_DAYS"), Range(0, 36_500)]
    public int DeadMaxDays { get; set; }

    /// <summary>Jobs of unknown names that wait for a worker that knows them; further ones become dead letters.</summary>
    [Setting("JOBS_PARKED_MAX"), Display(Name = "JOBS_PARKED_MAX"), Range(1, 1_000_000)]
    public int ParkedMax { get; set; } = 10_000;

    /// <summary>Bytes of such jobs; a job that does not fit any more becomes a dead letter.</summary>
    [Setting("JOBS_PARKED_MAX_BYTES"), Display(Name = "JOBS_PARKED_MAX_BYTES"), Range(1_024L, 1L << 40)]
    public long ParkedMaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long a job of an unknown name waits; then the job becomes a dead letter.</summary>
    [Setting("JOBS_PARK_SECONDS"), Display(Name = "JOBS_PARK_SECONDS"), Range(1, 31_536_000)]
    public int ParkSeconds { get; set; } = 86_400;

    /// <summary>
    /// How many workers a job may take down while it runs alone, by their death or because its handler hangs and they end
    /// themselves; then it becomes a dead letter.
    /// </summary>
    [Setting("JOBS_MAX_DELIVERIES"), Display(Name = "JOBS_MAX_DELIVERIES"), Range(1, 1_000)]
    public int MaxDeliveries { get; set; } = 3;

    /// <summary>How long a second enqueue of the same task id counts as the same.</summary>
    [Setting("JOBS_ENQUEUE_ONCE_SECONDS", ReadBy = SettingReaders.Producers)]
    [Display(Name = "JOBS_ENQUEUE_ONCE_SECONDS"), Range(10, 604_800)]
    public int EnqueueOnceSeconds { get; set; } = 900;

    /// <summary>The same for a queue of another name.</summary>
    public QueueOptions Named(string name)
    {
        var other = (QueueOptions)MemberwiseClone();
        other.Name = name;
        return other;
    }

    /// <summary>
    /// How full Redis may be, in percent of its <c>maxmemory</c>, before enqueues are refused; 100: they never are, until Redis
    /// refuses them.
    /// </summary>
    [Setting("JOBS_ENQUEUE_MEMORY_LIMIT_PERCENT", ReadBy = SettingReaders.Producers)]
    [Display(Name = "JOBS_ENQUEUE_MEMORY_LIMIT_PERCENT"), Range(1, 100)]
    public int EnqueueMemoryLimitPercent { get; set; } = 90;
}

/// <summary>What is written at the bare key <c>{task_id}</c>.</summary>
internal enum TaskiqResults
{
    /// <summary>A pickle where the message has a field <c>labels_types</c>, as every message of a TaskIQ client has.</summary>
    Auto,

    /// <summary>For every message the same JSON as at the result key.</summary>
    Json,

    /// <summary>For every message a pickle.</summary>
    Pickle,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>Which task ids may be a result's bare key.</summary>
internal enum TaskiqResultIds
{
    /// <summary>At most 200 bytes without <c>:</c>, braces and control characters.</summary>
    Plain,

    /// <summary>32 hex digits, or a UUID: what TaskIQ's own generators make.</summary>
    Generated,

    /// <summary>All but the names of known keys.</summary>
    Any,
}

/// <summary>What <c>JOB_RESULT_BARE_KEY</c> may say.</summary>
internal enum BareResultKey
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The same JSON as at the result key.</summary>
    Json,
}
