using System.Globalization;
using System.Security.Cryptography;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Session;

/// <summary>
/// The name under which this process holds jobs, and its lease. A name is used once: a worker that was recovered cancels the
/// jobs that it lost and goes on under a new one.
/// </summary>
internal sealed partial class WorkerSession(
    IWorkerRegistry registry,
    RunningJobs running,
    JobCatalog catalog,
    AclGate rights,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<WorkerSession> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _unbrokenSince;
    private long? _lastHeartbeat;
    private DateTimeOffset? _lastRedisTime;
    private volatile string _name = NewName();

    /// <summary>The current incarnation.</summary>
    public string Name
    {
        get => _name;
        private set => _name = value;
    }

    /// <summary>Completes when the first incarnation is registered.</summary>
    public Task Registered => _registered.Task;

    /// <summary>What this worker says of itself.</summary>
    public IReadOnlyDictionary<string, string> About { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["host"] = Environment.MachineName,
        ["pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        ["version"] = typeof(WorkerSession).Assembly.GetName().Version?.ToString(3) ?? "0",
        ["concurrency"] = options.Value.Concurrency.ToString(CultureInfo.InvariantCulture),
        ["started_at"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        ["running"] = "0",
        [WorkerJobs.Field] = string.Join(',', catalog.Jobs.Select(job => job.Name).Order(StringComparer.Ordinal)),
    };

    /// <summary>
    /// How long it takes, by this machine's monotonic clock, until this worker may declare other workers dead; zero: it may now. A
    /// worker may do so only after it has held its own lease without a gap: after an outage of Redis every worker's lease has run
    /// out. A gap counts from the moment that the next heartbeat is overdue, not only when that heartbeat has come.
    /// </summary>
    public TimeSpan UntilJudge(LeaseOptions lease)
    {
        lock (_lock)
        {
            if (_unbrokenSince is not { } since || _lastHeartbeat is not { } last || time.GetElapsedTime(last) > lease.LongestGap)
            {
                return lease.Lease;
            }

            var left = lease.Lease - time.GetElapsedTime(since);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
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

    /// <summary>Whether it is known that this worker may do in Redis what its scripts do: it registers no sooner.</summary>
    public bool MayRegister => rights.IsOpen;

    /// <summary>Registers the first name.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        await RegisterAsync(Name, lostName: null, cancellationToken);
        _registered.TrySetResult();
    }

    /// <summary>
    /// A heartbeat succeeded; a gap before it that was longer than the limit breaks the lease. The gap is what passed since the
    /// last one that succeeded, by the clock that says more: this machine's stands still while the machine sleeps, Redis' may
    /// be set back. Heartbeats that failed in between count for nothing.
    /// </summary>
    public void Succeeded(Heartbeat heartbeat, TimeSpan gapLimit)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var byRedis = _lastRedisTime is { } lastByRedis ? heartbeat.RedisTime - lastByRedis : heartbeat.SinceLast;
            if (_unbrokenSince is null || byRedis > gapLimit || (_lastHeartbeat is { } last && time.GetElapsedTime(last, now) > gapLimit))
            {
                _unbrokenSince = now;
            }

            (_lastHeartbeat, _lastRedisTime) = (now, heartbeat.RedisTime);
        }
    }

    /// <summary>
    /// This incarnation was recovered: its jobs are others' now. Called by whoever notices first, heartbeat or fetch; who
    /// notices second waits, and changes nothing. The new name is the current one once it is registered, not sooner: a
    /// heartbeat under a name that is not there yet would be told that this one, too, was recovered.
    /// </summary>
    public async Task RenewAsync(string lostName, CancellationToken cancellationToken)
    {
        await _renewing.WaitAsync(cancellationToken);
        try
        {
            if (Name != lostName)
            {
                return;
            }

            lock (_lock)
            {
                _unbrokenSince = null;
            }

            var name = NewName();
            LogRecovered(lostName, running.Cancel(CancelReason.Lost, lostName), name);
            await RegisterAsync(name, lostName, cancellationToken);
        }
        finally
        {
            _renewing.Release();
        }
    }

    /// <summary>Ends the registration.</summary>
    public async Task DepartAsync(CancellationToken cancellationToken)
    {
        await registry.DepartAsync(Name, cancellationToken);
        LogDeparted(Name);
    }

    public void Dispose() => _renewing.Dispose();

    private async Task RegisterAsync(string name, string? lostName, CancellationToken cancellationToken)
    {
        await registry.RegisterAsync(name, lostName, About, cancellationToken);
        Name = name;
        lock (_lock)
        {
            _lastHeartbeat = time.GetTimestamp();
            _unbrokenSince ??= _lastHeartbeat;
            _lastRedisTime = null;
        }

        LogRegistered(name, options.Value.Concurrency, catalog.Jobs.Count);
    }

    // Host and process are for people; the random part makes the name an incarnation's.
    private static string NewName() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    [LoggerMessage(EventName = "worker_registered", Level = LogLevel.Information,
        Message = "Worker {Worker} is registered (slots: {Concurrency}, jobs that it knows: {Jobs})")]
    private partial void LogRegistered(string worker, int concurrency, int jobs);

    [LoggerMessage(EventName = "worker_recovered", Level = LogLevel.Error,
        Message = "Worker {Worker} lost its lease, or Redis lost its data: its jobs now belong to other workers. "
            + "Cancelled its runs here (jobs: {Cancelled}); registering as {NewWorker}")]
    private partial void LogRecovered(string worker, int cancelled, string newWorker);

    [LoggerMessage(EventName = "worker_departed", Level = LogLevel.Information, Message = "Worker {Worker} has left")]
    private partial void LogDeparted(string worker);
}
