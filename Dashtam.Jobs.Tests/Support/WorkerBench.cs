using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Lease;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The worker's loops over fakes and a clock that a test moves.</summary>
internal sealed class WorkerBench : IDisposable
{
    /// <param name="queue">Where what was read ahead goes back; null: the fake one.</param>
    /// <param name="time">What moves that; null: the clock that a test moves.</param>
    /// <param name="mostBytes">The budget of bytes; null: the default.</param>
    /// <param name="mayRegister">Whether it is known that the worker may do in Redis what its scripts do.</param>
    /// <param name="execution">What runs its jobs; null: one without middlewares.</param>
    public WorkerBench(IJobExits? queue = null, TimeProvider? time = null, long? mostBytes = null, bool mayRegister = true,
        ExecutionBench? execution = null)
    {
        Execution = execution ?? new ExecutionBench();
        if (mayRegister)
        {
            Rights.Open();
        }

        var options = new WorkerOptions();
        options.MaxHeldBytes = mostBytes ?? options.MaxHeldBytes;
        var timeouts = Options.Create(new TimeoutOptions());
        var clock = time ?? Execution.Time;
        Running = new RunningJobs(
            new HeldBytes(Options.Create(options), Log.Factory.CreateLogger<HeldBytes>()), timeouts, clock);
        Running.Bytes.Room = Slots.Signal;
        Ahead = new ReadAhead(clock, Slots.Signal, new HandBack(queue ?? Execution.Queue).ReturnAsync);
        Runs = new SlotLoop(Execution.Executor, Execution.Handlers, Running, Ahead, Slots, clock);
        Session = new WorkerSession(
            Registry, Running, Execution.Catalog, Rights, Options.Create(new WorkerOptions()), Execution.Time,
            NullLogger<WorkerSession>.Instance);
        Audit = new ProcessingAudit(
            "", Execution.Queue, Session, Running, Execution.Time, NullLogger<ProcessingAudit>.Instance);
    }

    public ExecutionBench Execution { get; }

    /// <summary>Open, unless a test asks otherwise.</summary>
    public AclGate Rights { get; } = new();

    /// <summary>What the budget of bytes logs.</summary>
    public LogLines Log { get; } = new();

    /// <summary>All of them are free.</summary>
    public Slots Slots { get; } = new(4);

    public FakeWorkerRegistry Registry { get; } = new();

    public IOptions<LeaseOptions> Lease { get; } = Options.Create(new LeaseOptions());

    public RunningJobs Running { get; }

    public ReadAhead Ahead { get; }

    public SlotLoop Runs { get; }

    public WorkerSession Session { get; }

    public ProcessingAudit Audit { get; }

    /// <summary>Whether its jobs come to an end.</summary>
    public SettlementWatch Settlements(IHostApplicationLifetime lifetime) =>
        new("", Running, lifetime, Lease, Execution.Time);

    /// <summary>A job that does what <see cref="Probe"/> says.</summary>
    public static byte[] Envelope() =>
        new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "run_probe" }.ToUtf8();

    /// <summary>The same, with a timeout of a second: to be abandoned within a few steps of the clock.</summary>
    public static byte[] ShortEnvelope() => new JobEnvelope
    {
        TaskId = JobEnvelope.NewTaskId(),
        TaskName = "run_probe",
        Labels = JobLabels.Empty.With("timeout", "1"),
    }.ToUtf8();

    /// <summary>A look after handlers that block their slots' threads.</summary>
    public void CheckBlocked()
    {
        foreach (var run in Running.Begun)
        {
            Execution.Handlers.CheckBlocked(run);
        }
    }

    /// <summary>A heartbeat that succeeds, now by both clocks.</summary>
    public void Beat() => Session.Succeeded(
        new Heartbeat(Alive: true, Held: 0, Parked: 0, Dropped: 0, TimeSpan.Zero, Execution.Time.GetUtcNow()), Lease.Value.LongestGap);

    /// <summary>Waits until something holds.</summary>
    public static Task UntilAsync(Func<bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        Eventually.HoldsAsync(holds, what);

    /// <summary>Moves the clock in small steps, and lets a loop do what is due at each.</summary>
    public async Task LiveAsync(TimeSpan time, Action? eachSecond = null)
    {
        for (var second = 0; second < time.TotalSeconds; second++)
        {
            Execution.Time.Advance(TimeSpan.FromSeconds(1));
            eachSecond?.Invoke();
            await Task.Delay(5);
        }
    }

    /// <summary>Moves the clock until something holds; fails when it does not come to that.</summary>
    public Task LiveUntilAsync(Func<bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        Execution.Time.AdvanceUntilAsync(holds, TimeSpan.FromSeconds(1), what);

    /// <summary>Starts a loop, and stops it at the end.</summary>
    public static async Task WhileAsync(BackgroundService loop, Func<Task> body)
    {
        await loop.StartAsync(CancellationToken.None);
        try
        {
            await body();
        }
        finally
        {
            await loop.StopAsync(CancellationToken.None);
        }
    }

    public void Dispose()
    {
        Audit.Dispose();
        Session.Dispose();
        Ahead.Dispose();
        Running.Dispose();
        Execution.Dispose();
        Log.Dispose();
    }
}
