using Dashtam.Jobs.Core.Execution;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>
/// How many bytes of envelopes this worker holds, and may still take. A worker that holds less than its budget may take one job more,
/// however large that is: so one job is always allowed, and the budget is exceeded by one envelope at most.
/// </summary>
internal sealed partial class HeldBytes(IOptions<WorkerOptions> options, ILogger<HeldBytes> logger)
{
    private readonly long _most = options.Value.MaxHeldBytes;
    private long _held;
    private int _said;

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
            Room();
        }
    }

    /// <summary>Called when something may be taken again.</summary>
    public Action Room { get; set; } = () => { };

    /// <summary>Says, once, that nothing is fetched because of this.</summary>
    public void SayFull()
    {
        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            LogFull(Interlocked.Read(ref _held), _most);
        }
    }

    [LoggerMessage(EventName = "held_bytes_full", Level = LogLevel.Warning,
        Message = "This worker holds {Held} bytes of envelopes, and WORKER_MAX_HELD_BYTES allows {Most}. It fetches "
            + "nothing until a job has ended, even if slots are free. Logged once for each process. Raise "
            + "WORKER_MAX_HELD_BYTES together with the worker's memory, or start more workers")]
    private partial void LogFull(long held, long most);
}
