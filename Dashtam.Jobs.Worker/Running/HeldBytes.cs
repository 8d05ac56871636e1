using System.Threading.Channels;
using Dashtam.Jobs.Core.Execution;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>
/// How many bytes of envelopes this worker holds, and may still take. A worker that holds less than its budget may take one job more,
/// however large that is: so one job is always allowed, and the budget is exceeded by one envelope at most.
/// </summary>
internal sealed partial class HeldBytes(IOptions<WorkerOptions> options, ILogger<HeldBytes> logger)
{
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly long _most = options.Value.MaxHeldBytes;
    private long _held;
    private bool _said;

    /// <summary>Bytes that may still be taken; 0: nothing is fetched until a job has ended.</summary>
    public long Left => Math.Max(0, _most - Interlocked.Read(ref _held));

    /// <summary>A job has come.</summary>
    public void Add(int bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>A job has gone.</summary>
    public void Remove(int bytes)
    {
        var held = Interlocked.Add(ref _held, -bytes);
        if (held < _most && held + bytes >= _most)
        {
            _room.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits until something may be taken. Called by the pump alone.</summary>
    public async Task RoomAsync(CancellationToken stoppingToken)
    {
        if (!_said)
        {
            _said = true;
            LogFull(Interlocked.Read(ref _held), _most);
        }

        while (Left == 0)
        {
            await _room.Reader.ReadAsync(stoppingToken);
        }
    }

    [LoggerMessage(EventName = "held_bytes_full", Level = LogLevel.Warning,
        Message = "This worker holds {Held} bytes of envelopes, and WORKER_MAX_HELD_BYTES allows {Most}. It fetches "
            + "nothing until a job has ended, even if slots are free. Logged once for each process. Raise "
            + "WORKER_MAX_HELD_BYTES together with the worker's memory, or start more workers")]
    private partial void LogFull(long held, long most);
}
