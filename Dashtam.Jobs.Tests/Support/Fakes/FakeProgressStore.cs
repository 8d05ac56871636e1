using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Progress;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Progress in memory.</summary>
internal sealed class FakeProgressStore : IProgressStore
{
    private readonly Lock _lock = new();
    private readonly List<string> _written = [];

    /// <summary>Each record that was kept.</summary>
    public IReadOnlyList<string> Written
    {
        get
        {
            lock (_lock)
            {
                return [.. _written];
            }
        }
    }

    /// <summary>What an earlier attempt left; null: nothing.</summary>
    public string? Former { get; set; }

    /// <summary>Whether the delivery is another worker's.</summary>
    public bool Lost { get; set; }

    /// <summary>What the next write throws; null: nothing.</summary>
    public Exception? Fault { get; set; }

    public Task<bool> WriteAsync(Delivery delivery, string taskId, byte[] json)
    {
        if (Fault is { } fault)
        {
            Fault = null;
            return Task.FromException<bool>(fault);
        }

        lock (_lock)
        {
            _written.Add(Encoding.UTF8.GetString(json));
        }

        return Task.FromResult(!Lost);
    }

    public Task<byte[]?> ReadAsync(Delivery delivery, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(Former is null ? null : Encoding.UTF8.GetBytes(Former));
}
