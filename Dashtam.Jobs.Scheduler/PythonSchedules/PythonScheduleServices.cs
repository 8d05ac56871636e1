using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Registers what fires the schedules that Python producers write.</summary>
internal static class PythonScheduleServices
{
    public static IServiceCollection AddPythonSchedules(this IServiceCollection services)
    {
        services.AddSingleton<ScheduleSource>();
        services.AddSingleton<IPythonScheduleStore, PythonScheduleStore>();
        services.AddSingleton<IScheduleLists, ScheduleLists>();
        services.AddSingleton<IScheduleKeyspace, ScheduleKeyspace>();
        services.AddSingleton<IWorkerJobs, WorkerJobs>();
        services.AddSingleton<KnownJobs>();
        services.AddSingleton<ZoneClocks>();
        services.AddSingleton<EntryJudge>();
        services.AddSingleton<OddEntries>();
        services.AddSingleton<OddMarks>();
        services.AddSingleton<RedisClock>();
        services.AddSingleton<NextLook>();
        services.AddSingleton<EntryIntake>();
        services.AddSingleton<DueEntries>();
        services.AddSingleton<ListFinder>();
        services.AddSingleton<KeyspaceFinder>();
        services.AddSingleton<KeyspaceEvents>();
        services.AddSingleton<PythonSchedulesState>();
        services.AddHostedService<DueEntriesLoop>();
        services.AddHostedService<ListLoop>();
        services.AddHostedService<KeyspaceLoop>();
        services.AddHealthChecks().AddCheck<PythonSchedulesHealthCheck>("python_schedules");
        return services;
    }
}
