using System.Threading.Channels;
using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Says of each schedule what a test set.</summary>
internal sealed class FakeFireMarks : IFireMarks
{
    /// <summary>A queue whose jobs a test waits for.</summary>
    public const string Awaited = "awaited";

    private readonly Channel<int> _counted = Channel.CreateUnbounded<int>();

    /// <summary>The schedules of this service.</summary>
    public HashSet<string> Marked { get; } = new(StringComparer.Ordinal);

    /// <summary>What was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What the next question ends with; null: an answer.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Jobs that another scheduler has brought.</summary>
    public int Counted { get; private set; }

    public Task<bool> AreMarkedAsync(string queue, string scheduleId, CancellationToken cancellationToken)
    {
        Asked.Add(scheduleId);
        var fault = Fault;
        Fault = null;
        return fault is null ? Task.FromResult(Marked.Contains(scheduleId)) : Task.FromException<bool>(fault);
    }

    public Task CountElsewhereAsync(string queue, CancellationToken cancellationToken)
    {
        Counted++;
        if (queue == Awaited)
        {
            _counted.Writer.TryWrite(Counted);
        }

        return Task.CompletedTask;
    }

    /// <summary>Returns when one more job of <see cref="Awaited"/> was counted.</summary>
    public ValueTask<int> CountedAsync(CancellationToken cancellationToken) => _counted.Reader.ReadAsync(cancellationToken);
}
