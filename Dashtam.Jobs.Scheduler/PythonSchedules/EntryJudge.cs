using System.Diagnostics.CodeAnalysis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>What is to be done with an entry.</summary>
internal abstract record Judgement
{
    private Judgement()
    {
    }

    /// <summary>It fires here.</summary>
    public sealed record Ours(ScheduleEntry Entry, ScheduleInstants Instants) : Judgement;

    /// <summary>It is left alone.</summary>
    public sealed record Odd(OddEntry Kind, string Problem) : Judgement
    {
        /// <summary>The task that no worker knows, where it is left alone for that: one may know it later.</summary>
        public string? UnknownTask { get; init; }
    }
}

/// <summary>Reads entries, and tells those that fire here from those that cannot be read or belong to another program.</summary>
internal sealed class EntryJudge(KnownJobs jobs, ZoneClocks zones, QueueKeys keys)
{
    public async Task<Judgement> JudgeAsync(byte[] bytes, CancellationToken stoppingToken)
    {
        if (!TryRead(bytes, out var entry, out var instants, out var problem))
        {
            return new Judgement.Odd(OddEntry.Unreadable, problem);
        }

        if (entry.QueueName is { } queue && queue != keys.QueueName)
        {
            return new Judgement.Odd(OddEntry.NotOurs, $"its label queue_name is '{queue}'");
        }

        return await jobs.KnowAsync(entry.TaskName, stoppingToken)
            ? new Judgement.Ours(entry, instants)
            : new Judgement.Odd(
                OddEntry.NotOurs,
                $"no worker here knows its task '{entry.TaskName}'" + (jobs.Nearest(entry.TaskName) is { } nearest ? $" (was '{nearest}' meant?)" : ""))
            {
                UnknownTask = entry.TaskName,
            };
    }

    /// <summary>
    /// Anybody may have written the entry. When our reader throws, the entry is odd: an exception would end this process, and no
    /// schedule would fire.
    /// </summary>
    private bool TryRead(
        byte[] bytes, [NotNullWhen(true)] out ScheduleEntry? entry, [NotNullWhen(true)] out ScheduleInstants? instants, out string problem)
    {
        (entry, instants) = (null, null);
        try
        {
            return ScheduleEntryReader.TryRead(bytes, out entry, out problem)
                && ScheduleInstants.TryCreate(entry.Timing, zones, out instants, out problem);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            problem = $"reading it failed: {error.GetType().Name}";
            return false;
        }
    }
}
