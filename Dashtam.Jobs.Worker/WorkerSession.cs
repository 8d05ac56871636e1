using System.Globalization;
using System.Security.Cryptography;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>
/// The name under which this process holds jobs, and its lease. A name is used once: a worker that was recovered cancels the
/// jobs that it lost and goes on under a new one.
/// </summary>
internal sealed partial class WorkerSession(
    IWorkerRegistry registry,
    RunningJobs running,
    JobCatalog catalog,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<WorkerSession> logger)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _unbrokenSince;
    private long? _lastHeartbeat;
    private string? _lostName;

    /// <summary>The current incarnation.</summary>
    public string Name { get; private set; } = NewName();

    /// <summary>Completes when the first incarnation is registered.</summary>
    public Task Registered => _registered.Task;

    /// <summary>
    /// How long heartbeats have succeeded without a gap, by this machine's monotonic clock. Only who has held a lease of its
    /// own for so long may judge others: after an outage of Redis everybody's lease has run out.
    /// </summary>
    public TimeSpan Unbroken
    {
        get
        {
            lock (_lock)
            {
                return _unbrokenSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>How long ago a heartbeat last succeeded; null: none has.</summary>
    public TimeSpan? SinceHeartbeat
    {
        get
        {
            lock (_lock)
            {
                return _lastHeartbeat is { } last ? time.GetElapsedTime(last) : null;
            }
        }
    }

    /// <summary>Registers the current name.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var about = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = Environment.MachineName,
            ["pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["version"] = typeof(WorkerSession).Assembly.GetName().Version?.ToString(3) ?? "0",
            ["concurrency"] = options.Value.Concurrency.ToString(CultureInfo.InvariantCulture),
            ["started_at"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            ["running"] = "0",
            ["jobs"] = string.Join(',', catalog.Jobs.Select(job => job.Name).Order(StringComparer.Ordinal)),
        };
        await registry.RegisterAsync(Name, _lostName, about, cancellationToken);
        _lostName = null;
        Succeeded(gapLimit: TimeSpan.MaxValue);
        LogRegistered(Name, options.Value.Concurrency, catalog.Jobs.Count);
        _registered.TrySetResult();
    }

    /// <summary>A heartbeat succeeded; a gap before it that was longer than the limit breaks the lease.</summary>
    public void Succeeded(TimeSpan gapLimit)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_unbrokenSince is null || _lastHeartbeat is { } last && time.GetElapsedTime(last, now) > gapLimit)
            {
                _unbrokenSince = now;
            }

            _lastHeartbeat = now;
        }
    }

    /// <summary>A heartbeat failed.</summary>
    public void Broken()
    {
        lock (_lock)
        {
            _unbrokenSince = null;
        }
    }

    /// <summary>
    /// This incarnation was recovered: its jobs are others' now. Called by whoever notices first, heartbeat or fetch; the
    /// second to notice changes nothing.
    /// </summary>
    public async Task RenewAsync(string lostName, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Name != lostName)
            {
                return;
            }

            Name = NewName();
            _lostName ??= lostName; // a name whose registration failed holds nothing: the one before it counts
            _unbrokenSince = null;
        }

        var cancelled = running.Cancel(CancelReason.Lost, lostName);
        LogRecovered(lostName, cancelled, Name);
        await RegisterAsync(cancellationToken);
    }

    /// <summary>Ends the registration.</summary>
    public async Task DepartAsync(CancellationToken cancellationToken)
    {
        await registry.DepartAsync(Name, cancellationToken);
        LogDeparted(Name);
    }

    // Host and process are for people; the random part makes the name an incarnation's.
    private static string NewName() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    [LoggerMessage(EventName = "worker_registered", Level = LogLevel.Information,
        Message = "Worker {Worker} is registered: {Concurrency} slots, knows {Jobs} jobs")]
    private partial void LogRegistered(string worker, int concurrency, int jobs);

    [LoggerMessage(EventName = "worker_recovered", Level = LogLevel.Error,
        Message = "The lease of {Worker} had run out and others took its jobs: {Cancelled} runs are cancelled. "
            + "It goes on as {NewWorker}")]
    private partial void LogRecovered(string worker, int cancelled, string newWorker);

    [LoggerMessage(EventName = "worker_departed", Level = LogLevel.Information, Message = "Worker {Worker} has left")]
    private partial void LogDeparted(string worker);
}
