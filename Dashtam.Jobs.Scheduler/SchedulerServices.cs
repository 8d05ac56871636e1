using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Scheduler.Health;
using Dashtam.Jobs.Scheduler.LocalRun;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using Quartz;

namespace Dashtam.Jobs.Scheduler;

/// <summary>Registers what decides when. What is added first starts first and stops last.</summary>
internal static class SchedulerServices
{
    // A fire may wait for Redis on its thread; every schedule can, and none keeps another from firing.
    private const int FiresAtOnce = 50;

    public static IServiceCollection AddFiring(this IServiceCollection services, LocalMode local)
    {
        services.AddSingleton<ScheduleCatalog>();
        services.AddSingleton<FiringQueues>();
        services.AddSingleton<IServedQueues>(provider => provider.GetRequiredService<FiringQueues>());
        services.AddSingleton(provider => provider.GetRequiredService<FiringQueues>().Firing[0].Clock); // Python's schedules are there
        services.AddSingleton<MovedSchedules>();
        services.AddSingleton<MarkWatch>();
        services.AddSingleton<ClaimWatch>();
        services.AddSingleton<MarkMover>();
        services.AddSingleton<DueFires>();
        services.AddSingleton<RefusedSchedules>();
        services.AddSingleton<ScheduleFirer>();
        services.AddSingleton<ScheduleLoader>();
        services.AddSingleton<IFireTimer>(provider => provider.GetRequiredService<ScheduleLoader>());
        services.AddHostedService<CronMeanings>();
        services.AddHostedService<ClockCheck>(); // before anything fires
        services.AddHostedService<MisfireCatchUp>(); // registers the schedules in Redis
        services.AddPythonSchedules();
        services.AddQuartz(quartz => quartz.UseDefaultThreadPool(FiresAtOnce));
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleLoader>());
        services.AddQuartzHostedService();
        if (local.EmbedsRedis)
        {
            services.AddHostedService<LocalStart>();
        }

        services.AddHealthChecks().AddCheck<FiringHealthCheck>("scheduler");
        return services;
    }
}
