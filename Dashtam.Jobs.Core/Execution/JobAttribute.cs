using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>Declares a job: the class that carries it is found by <see cref="JobCatalog"/>, there is no list to edit.</summary>
/// <param name="name">The job's name on the wire: <c>verb_noun</c>, lower case, words apart by underscores.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class JobAttribute(string name) : Attribute, INameVariables
{
    /// <summary>The job's name on the wire.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The name that the Python service registers the same job under, <c>module:function</c>: both names find it here, and fires
    /// carry this one, so that a Python worker runs them as well. Null: Python has no such job, and drops its messages.
    /// </summary>
    public string? PythonName { get; init; }

    /// <summary>Which part of the platform it serves, as a label on its envelopes: <c>provider</c>, <c>security</c> …</summary>
    public required string Category { get; init; }

    /// <summary>When the scheduler fires it: cron in Vixie's five fields (or Quartz' six or seven, docs/reference/cron.md); null: on request only.</summary>
    public string? Schedule { get; init; }

    /// <summary>The environment variable that overrides <see cref="Schedule"/>; null: none does.</summary>
    public string? ScheduleSetting { get; init; }

    /// <summary>
    /// The queue that its schedule fires into, and that keeps the schedule; null: that of <c>JOBS_QUEUE_NAME</c>. A producer names the
    /// queue itself.
    /// </summary>
    public string? Queue { get; init; }

    /// <summary>The IANA zone in which <see cref="Schedule"/> is read; default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>What is caught up of a schedule's fires that were missed; default the latest one.</summary>
    public MisfirePolicy CatchUp { get; init; } = MisfirePolicy.Latest;

    /// <summary>How many missed fires <see cref="MisfirePolicy.All"/> catches up at most, the latest ones; 1 to 1000.</summary>
    public int CatchUpLimit { get; init; } = JobSchedule.DefaultCatchUpLimit;

    /// <summary>What a fire does while the job of the one before it has not ended; default: it joins the queue.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Queue;

    /// <summary>Whether a run that raised is tried again. An envelope's label <c>retry_on_error</c> overrides it.</summary>
    public bool RetryOnError { get; init; } = true;

    /// <summary>Runs in all, the first one included (TaskIQ's meaning); the label <c>max_retries</c> overrides it.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Seconds until a run is cancelled; the label <c>timeout</c> overrides it.</summary>
    public double TimeoutSeconds { get; init; } = 300;

    IEnumerable<string> INameVariables.Variables => ScheduleSetting is { } variable ? [variable] : [];
}
