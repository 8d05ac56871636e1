using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Health;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Stopping;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>Registers the worker's loops. What is added first starts first and stops last.</summary>
internal static class WorkerServices
{
    // A Redis that hangs costs the pump two deadlines before the drain begins, and the last words two more.
    private static readonly TimeSpan ShutdownReserve = TimeSpan.FromSeconds(25);

    /// <summary>Registers them, those of each queue side by side.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="queues">How many queues the worker serves.</param>
    public static IServiceCollection AddWorkerLoops(this IServiceCollection services, int queues)
    {
        services.AddSingleton<HeldBytes>();
        services.AddSingleton<RunningJobs>();
        services.AddSingleton<HandBack>();
        services.AddSingleton(provider => new ReadAhead(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Slots>().Signal,
            provider.GetRequiredService<HandBack>().ReturnAsync));
        services.AddSingleton<SlotLoop>();
        services.AddSingleton<StuckHandlers>();
        services.AddSingleton(provider => new Slots(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Concurrency));
        services.AddSingleton<QueueWorkers>();
        services.AddSingleton<IServedQueues>(provider => provider.GetRequiredService<QueueWorkers>());
        services.AddSingleton<IReadOnlyList<DrainedQueue>>(provider => provider.GetRequiredService<QueueWorkers>().Drained);

        services.AddSingleton<IReadOnlyList<QueueHealth>>(provider => provider.GetRequiredService<QueueWorkers>().Health);

        services.AddHostedService<WaitingConnections>();
        services.AddForEach<IHostedService>(queues, worker => worker.Heartbeat); // the lease is held from before the first fetch until after the last settlement
        services.AddForEach<IHostedService>(queues, worker => worker.Recovery);
        services.AddForEach<IHostedService>(queues, worker => worker.Parked);
        services.AddForEach<IHostedService>(queues, worker => worker.DeadLetters);
        services.AddForEach<IHostedService>(queues, worker => worker.Audit);
        services.AddHostedService<BlockedHandlers>(); // until after the drain: handlers that block are cut off then, too
        services.AddHostedService<GracefulDrain>(); // stops after the pumps: nothing new comes while it waits
        services.AddForEach<IHostedService>(queues, worker => worker.Jobs);
        services.AddForEach<IHostedService>(queues, worker => worker.Wake);
        services.AddForEach<IHostedService>(queues, worker => worker.Pump);

        services.AddForEach<IPulse>(queues, worker => worker.Heartbeat);
        services.AddForEach<IPulse>(queues, worker => worker.Pump);
        services.AddHealthChecks().AddCheck<PumpHealthCheck>("worker");
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>, IOptions<TimeoutOptions>>(
            (host, worker, timeouts) => host.ShutdownTimeout = worker.Value.Drain + timeouts.Value.Grace + ShutdownReserve);
        return services;
    }

    // A service each, so that the host notices when a loop of one queue fails.
    private static void AddForEach<TService>(this IServiceCollection services, int queues, Func<QueueWorker, TService> part)
        where TService : class
    {
        for (var i = 0; i < queues; i++)
        {
            var number = i;
            services.AddSingleton(provider => part(provider.GetRequiredService<QueueWorkers>().Each[number]));
        }
    }
}
