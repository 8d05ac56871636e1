using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Health;
using Dashtam.Jobs.Worker.Lease;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Stopping;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>Registers the worker's loops. What is added first starts first and stops last.</summary>
internal static class WorkerServices
{
    // A Redis that hangs costs the pump two deadlines before the drain begins, and the last words two more.
    private static readonly TimeSpan ShutdownReserve = TimeSpan.FromSeconds(25);

    public static IServiceCollection AddWorkerLoops(this IServiceCollection services)
    {
        services.AddSingleton<Freshness>();
        services.AddSingleton<HeldBytes>();
        services.AddSingleton<RunningJobs>();
        services.AddSingleton<HandBack>();
        services.AddSingleton(provider => new ReadAhead(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Slots>().Signal,
            provider.GetRequiredService<HandBack>().ReturnAsync));
        services.AddSingleton<SlotLoop>();
        services.AddSingleton<WorkerSession>();
        services.AddSingleton<WorkerClock>();
        services.AddSingleton<JudgeWatch>();
        services.AddSingleton<StuckHandlers>();
        services.AddSingleton<SettlementWatch>();
        services.AddSingleton(provider => new Slots(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Concurrency));

        services.AddLoop<HeartbeatLoop>(); // the lease is held from before the first fetch until after the last settlement
        services.AddLoop<RecoveryLoop>();
        services.AddLoop<ParkedJobsLoop>();
        services.AddLoop<DeadLettersLoop>();
        services.AddLoop<ProcessingAudit>();
        services.AddLoop<BlockedHandlers>(); // until after the drain: handlers that block are cut off then, too
        services.AddHostedService<GracefulDrain>(); // stops after the pump: nothing new comes while it waits
        services.AddLoop<WakeLoop>();
        services.AddLoop<QueuePump>();

        services.AddSingleton<IPulse>(provider => provider.GetRequiredService<HeartbeatLoop>());
        services.AddSingleton<IPulse>(provider => provider.GetRequiredService<QueuePump>());
        services.AddHealthChecks().AddCheck<PumpHealthCheck>("worker");
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>, IOptions<TimeoutOptions>>(
            (host, worker, timeouts) => host.ShutdownTimeout = worker.Value.Drain + timeouts.Value.Grace + ShutdownReserve);
        return services;
    }

    private static void AddLoop<TLoop>(this IServiceCollection services)
        where TLoop : class, IHostedService
    {
        services.AddSingleton<TLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<TLoop>());
    }
}
