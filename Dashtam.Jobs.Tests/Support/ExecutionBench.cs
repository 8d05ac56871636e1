using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Middlewares;
using Dashtam.Jobs.Core.Execution.Pipeline;
using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Stages;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The real executor and pipeline over a fake queue, with jobs whose code a test gives.</summary>
internal sealed class ExecutionBench : IDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="add">What handlers take besides the <see cref="Probe"/>.</param>
    /// <param name="handlers">Jobs besides those below.</param>
    public ExecutionBench(Action<IServiceCollection>? add = null, params Type[] handlers)
    {
        var services = new ServiceCollection().AddSingleton(Probe);
        add?.Invoke(services);
        _services = services.BuildServiceProvider();
        var configuration = new ConfigurationBuilder().Build();
        Catalog = new JobCatalog(
            [typeof(RunProbe), typeof(RunOnce), .. handlers], configuration, NullLogger<JobCatalog>.Instance);
        Settler = new Settler(Time, Log.Factory.CreateLogger<Settler>());
        var retry = Options.Create(RetryOptions);
        var policy = new RetryPolicy(new Backoff(retry, Random), retry, Log.Factory.CreateLogger<RetryPolicy>());
        Handlers = new TimedHandlers(
            new HandlerCall(
                _services.GetRequiredService<IServiceScopeFactory>(), _services, new ServiceLifetimes(services),
                _services.GetServices<MiddlewareType>()),
            Options.Create(new TimeoutOptions { GraceSeconds = 5 }), Time, RunLog.Factory.CreateLogger<TimedHandlers>());
        var pipeline = new JobPipeline(
            new LoggingStage(Time, RunLog.Factory.CreateLogger<LoggingStage>()),
            new ResultStage(Queue, Settler, policy, Time),
            new OverlapStage(ScheduleRuns, Time),
            new RetryStage(policy));
        Elsewhere = new FiresElsewhere(FireMarks, Time, Log.Factory.CreateLogger<FiresElsewhere>());
        Executor = new JobExecutor(
            Catalog, pipeline, Queue, Settler, Fences, Progress, Elsewhere, Options.Create(QueueOptions), retry, Time, Log.Factory.CreateLogger<JobExecutor>());
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public FakeJobQueue Queue { get; } = new();

    public FakeFenceTokens Fences { get; } = new();

    public FakeProgressStore Progress { get; } = new();

    public FakeScheduleRuns ScheduleRuns { get; } = new();

    public FakeFireMarks FireMarks { get; } = new();

    public FixedRandom Random { get; } = new();

    public Probe Probe { get; } = new();

    public QueueOptions QueueOptions { get; } = new() { MaxEnvelopeBytes = 10_000 };

    public RetryOptions RetryOptions { get; } = new() { BaseSeconds = 8, MaxSeconds = 20 };

    /// <summary>What the settler and the retry policy log.</summary>
    public LogLines Log { get; } = new();

    /// <summary>What the stages log of runs.</summary>
    public LogLines RunLog { get; } = new();

    /// <summary>The events of runs, in order.</summary>
    public IEnumerable<string?> RunEvents => RunLog.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());

    public JobCatalog Catalog { get; }

    public JobExecutor Executor { get; }

    /// <summary>Not started.</summary>
    public FiresElsewhere Elsewhere { get; }

    public TimedHandlers Handlers { get; }

    public Settler Settler { get; }

    /// <summary>What is thrown when a run begins, before its handler; null: nothing.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The last run that began.</summary>
    public Run? Run { get; private set; }

    /// <summary>What a slot does: ends when the job is settled and its handler has returned.</summary>
    public async Task<JobOutcome> ExecuteAsync(Delivery delivery)
    {
        var run = new Run(delivery, Time.GetTimestamp(), CancellationToken.None, Moved);
        var settled = Executor.ExecuteAsync(run);
        await Handlers.CallAsync(run);
        return await settled;
    }

    public Task<JobOutcome> ExecuteAsync(byte[] envelope) => ExecuteAsync(Queue.Hold(envelope, "w"));

    public Task<JobOutcome> ExecuteAsync(JobEnvelope envelope) => ExecuteAsync(envelope.ToUtf8());

    public Task<JobOutcome> ExecuteAsync(string job = "run_probe") =>
        ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = job });

    private void Moved(Run run, RunState before, RunState after)
    {
        if (after == RunState.Begun)
        {
            Run = run;
            if (Fault is not null)
            {
                throw Fault;
            }
        }
    }

    public void Dispose()
    {
        _services.Dispose();
        Log.Dispose();
        RunLog.Dispose();
    }
}

/// <summary>What a test's job does.</summary>
internal sealed class Probe
{
    public Func<JobContext, CancellationToken, Task<JobSummary>> Code { get; set; } =
        (_, _) => Task.FromResult(new JobSummary(1, 1, 0));

    public List<JobContext> Runs { get; } = [];

    public List<object> Handlers { get; } = [];
}

/// <summary>A job that is tried three times.</summary>
[Job("run_probe", Category = "test", MaxRetries = 3, TimeoutSeconds = 300)]
internal sealed class RunProbe(Probe probe) : IJobHandler
{
    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        probe.Runs.Add(job);
        probe.Handlers.Add(this);
        return probe.Code(job, cancellationToken);
    }
}

/// <summary>A job that is not tried again.</summary>
[Job("run_once", Category = "test", RetryOnError = false)]
internal sealed class RunOnce(Probe probe) : IJobHandler
{
    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) => probe.Code(job, cancellationToken);
}

/// <summary>Chance that a test decides.</summary>
internal sealed class FixedRandom : Random
{
    public double Next01 { get; set; } = 0.5;

    public override double NextDouble() => Next01;
}
