using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;

namespace Dashtam.Jobs.Faults.Load;

/// <summary>Jobs that take down each worker that runs them: whoever starts one is killed with -9.</summary>
internal sealed class Poisoner
{
    /// <summary>What the ids of such jobs begin with.</summary>
    public const string Prefix = "poison-";

    private const int LongestLife = 20;
    private readonly ConcurrentDictionary<string, int> _killed = new(StringComparer.Ordinal);

    /// <summary>Set once the laboratory is there.</summary>
    public Laboratory? Lab { get; set; }

    public async Task EnqueueAsync(int number)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");
        var envelope = Encoding.UTF8.GetBytes(
            $$$"""{"task_id": "{{{id}}}", "task_name": "run_canary", "labels": {}, "args": [], "kwargs": {"sleep_ms": 4000}}""");
        await Lab!.Redis.Database.ListLeftPushAsync(Lab.Queues[number % Lab.Queues.Count].Ready, envelope);
        Lab.History.Add(Lab.History.Now(HistoryKind.EnqueueAcknowledged) with
        {
            Process = "poisoner",
            TaskId = id,
            Detail = "poison",
        });
    }

    /// <summary>Looks whether a line tells of a start, and kills who told it.</summary>
    public void Watch(HistoryEvent line)
    {
        if (line.Kind == HistoryKind.Delivered && line.TaskId?.StartsWith(Prefix, StringComparison.Ordinal) == true
            && _killed.AddOrUpdate(line.TaskId, 1, (_, times) => times + 1) <= LongestLife)
        {
            _ = KillAsync(line.Process!);
        }
    }

    private async Task KillAsync(string process)
    {
        var slot = Lab!.SlotOf(process);
        var id = slot.ProcessId;
        await slot.InTurnAsync(async () =>
        {
            // Somebody else may have been faster.
            if (id != 0 && slot.ProcessId == id)
            {
                await slot.KillAsync();
                slot.Start();
            }
        });
    }
}
