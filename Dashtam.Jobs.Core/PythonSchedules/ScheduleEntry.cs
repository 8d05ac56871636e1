using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>What a Python producer scheduled, as one of TaskIQ's schedule sources wrote it.</summary>
internal sealed record ScheduleEntry
{
    private const string Queue = "queue_name";

    /// <summary>The entry's own id, not empty.</summary>
    public required string ScheduleId { get; init; }

    /// <summary>The job as the producer calls it, short or <c>module:function</c>.</summary>
    public required string TaskName { get; init; }

    /// <summary>The id that all its jobs carry; null: each has a new one.</summary>
    public required string? TaskId { get; init; }

    /// <summary>When it fires.</summary>
    public required ScheduleTiming Timing { get; init; }

    /// <summary>The labels of its jobs, <c>schedule_id</c> among them.</summary>
    public required JobLabels Labels { get; init; }

    /// <summary>What its jobs are called with.</summary>
    public required JobArguments Arguments { get; init; }

    /// <summary>The queue that the label <c>queue_name</c> asks for; null: none.</summary>
    public string? QueueName => Labels.Text(Queue);

    /// <summary>The message of one fire, as TaskIQ's scheduler pushes it.</summary>
    /// <param name="newTaskId">The job's id where the entry has none.</param>
    public JobEnvelope ToMessage(string newTaskId) => new()
    {
        TaskId = TaskId ?? newTaskId,
        TaskName = TaskName,
        Labels = Labels,
        Arguments = Arguments,
    };
}
