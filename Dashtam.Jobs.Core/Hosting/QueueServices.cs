using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Pipeline;
using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Stages;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Effects;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queue.Progress;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Registers what both processes, and programs beside them, need of the queue.</summary>
internal static class QueueServices
{
    /// <summary>Redis, the queue for producers, the catalogue of jobs. The connections are the first thing to start.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="local">What runs within the process.</param>
    /// <param name="http">Where health is served.</param>
    /// <param name="user">Whose user of Redis this process has.</param>
    public static IServiceCollection AddJobQueue(
        this IServiceCollection services, LocalMode local, HttpPort http, Func<AclUsers, AclUser> user)
    {
        services.AddSingleton(_ => http); // from a factory: the container disposes it
        services.AddSettings<WatchdogOptions>();
        services.AddHostedService<Watchdog>();
        services.AddHostedService<ProcessAnnouncement>();
        services.AddHostedService<UnknownSettings>();
        services.AddHostedService<OldSettings>();
        services.AddSingleton(Random.Shared);
        services.AddProducer(local);
        services.AddAclCheck(user); // behind the connections, before whatever works with them
        services.AddSingleton(provider => provider.GetRequiredService<IQueues>().Default.FireDurability);
        services.AddSingleton<QueueSchedules>();
        services.AddSingleton<IScheduleLedger>(provider => provider.GetRequiredService<QueueSchedules>());
        services.AddSingleton<IScheduleMarks>(provider => provider.GetRequiredService<QueueSchedules>());
        services.AddHostedService<EpochLoop>();
        services.AddHealthChecks().AddCheck<StopHealthCheck>("process").AddCheck<EpochHealthCheck>("redis_data");
        return services.AddSingleton<JobCatalog>();
    }

    /// <summary>Redis, and the queue for producers.</summary>
    public static IServiceCollection AddProducer(this IServiceCollection services, LocalMode local)
    {
        services.AddQueueRedis(local);
        services.AddSettings<DurabilityOptions>();
        services.TryAddSingleton<IServedQueues>(provider => new OnlyQueue(provider.GetRequiredService<IQueues>().Default));
        services.AddSingleton<IScheduleControl, ServedSchedules>();
        services.AddSingleton<IJobResults>(provider =>
        {
            var queues = provider.GetRequiredService<IQueues>();
            return new RedisJobResults(queues.Default, queues, provider.GetRequiredService<TimeProvider>());
        });
        return services.AddSingleton<IJobProducer, RedisJobProducer>();
    }

    /// <summary>Redis, and the queue's keys: all that a command needs which looks at a queue.</summary>
    public static IServiceCollection AddQueueRedis(this IServiceCollection services, LocalMode local)
    {
        services.AddSingleton(local);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRedisOptions(local);
        services.AddQueueOptions();
        services.AddSingleton<PoolThreads>();
        services.AddSingleton<RedisRefusal>();
        services.AddSingleton<RedisConnections>();
        services.AddSingleton<IRedisConnections>(provider => provider.GetRequiredService<RedisConnections>());
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnections>());
        services.AddSingleton<IDurableConnection, DurableConnection>();
        services.AddSingleton<DurableServer>();
        services.AddSingleton<QueueCommons>();
        services.AddSingleton<ProcessQueues>();
        services.AddSingleton<IQueues>(provider => provider.GetRequiredService<ProcessQueues>());
        services.AddHostedService(provider => provider.GetRequiredService<ProcessQueues>());
        return services.AddSingleton<QueueKeys>();
    }

    /// <summary>Asks at the start whether this process's user of Redis has what this version needs; <see cref="AclGate"/> opens then.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="user">Whose user it is.</param>
    private static IServiceCollection AddAclCheck(this IServiceCollection services, Func<AclUsers, AclUser> user)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IQueues>().Default.Rights);
        return services.AddHostedService(provider =>
        {
            var hasNoticesServer = provider.GetRequiredService<IOptions<RedisOptions>>().Value.HasNoticesServer;
            return ActivatorUtilities.CreateInstance<AclCheck>(
                provider, (QueueOptions queue) => user(new AclUsers(new AclSettings(queue, hasNoticesServer))));
        });
    }

    /// <summary>What runs a job: the queue for workers, the pipeline and its policies.</summary>
    public static IServiceCollection AddJobExecution(this IServiceCollection services)
    {
        services.AddSettings<LeaseOptions>();
        services.AddSettings<WorkerOptions>();
        services.AddSettings<RetryOptions>();
        services.AddSettings<TimeoutOptions>();
        services.AddHostedService<UndocumentedJobs>();
        services.AddHostedService<BareResultStart>();
        services.AddSingleton<QueueParts>();
        services.AddSingleton<IJobExits>(provider => provider.GetRequiredService<QueueParts>());
        services.AddSingleton<IFenceTokens>(provider => provider.GetRequiredService<QueueParts>());
        services.AddSingleton<IProgressStore>(provider => provider.GetRequiredService<QueueParts>());
        services.AddSingleton<IFireMarks>(provider => provider.GetRequiredService<QueueParts>());
        services.AddSingleton<FiresElsewhere>();
        services.AddHostedService(provider => provider.GetRequiredService<FiresElsewhere>());
        services.AddSingleton<IFencedEffects, RedisFencedEffects>();
        services.AddSingleton<Settler>();
        services.AddSingleton<Backoff>();
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton(new ServiceLifetimes(services));
        services.AddSingleton<HandlerCall>();
        services.AddSingleton<TimedHandlers>();
        services.AddSingleton<IScheduleRuns>(provider => provider.GetRequiredService<QueueParts>());
        services.AddSingleton<OverlapStage>();
        services.AddSingleton<RetryStage>();
        services.AddSingleton<ResultStage>();
        services.AddSingleton<LoggingStage>();
        services.AddSingleton<JobPipeline>();
        return services.AddSingleton<JobExecutor>();
    }
}
