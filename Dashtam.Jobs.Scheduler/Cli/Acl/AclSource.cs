using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Scheduler.Cli.Acl;

/// <summary>The settings in force, and the queues that they and the declared schedules name.</summary>
internal sealed class AclSource
{
    private readonly AclSettings _settings;
    private readonly AclQueues _queues;
    private readonly IReadOnlyDictionary<string, string> _servers;

    /// <exception cref="InvalidSettingException">A setting is wrong.</exception>
    public AclSource(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddSettings<QueueOptions>();
        services.AddSettings<RedisOptions>();
        services.AddSettings<DurabilityOptions>();
        using var provider = services.BuildServiceProvider();
        var queue = provider.GetRequiredService<IOptions<QueueOptions>>().Value;
        var redis = provider.GetRequiredService<IOptions<RedisOptions>>().Value;
        var durability = provider.GetRequiredService<IOptions<DurabilityOptions>>().Value;
        _settings = new AclSettings(queue, redis.HasNoticesServer, durability.OfSchedules.IsFsynced);
        _servers = redis.Servers();
        var workers = OfWorkers(configuration[WorkerOptions.QueuesSetting]) ?? [queue.Name];
        var schedulers = new JobCatalog(configuration, NullLogger<JobCatalog>.Instance).Schedules
            .Select(schedule => schedule.Queue ?? queue.Name).Prepend(queue.Name).Distinct(StringComparer.Ordinal).ToArray();
        _queues = new AclQueues(
            workers, schedulers, [.. schedulers.Concat(workers).Concat(_servers.Keys).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The users of the server of <c>REDIS_URL</c>, or of the one that a queue has for itself.</summary>
    /// <param name="ofQueue">That queue; null: the server of <c>REDIS_URL</c>.</param>
    /// <param name="mayKill">Whether a worker may end connections.</param>
    /// <exception cref="InvalidSettingException"><c>JOBS_QUEUE_URLS</c> does not name the queue.</exception>
    public IEnumerable<AclUser> Users(string? ofQueue, bool mayKill)
    {
        if (ofQueue is not null && !_servers.ContainsKey(ofQueue))
        {
            throw new InvalidSettingException(
                "JOBS_QUEUE_URLS", $"does not name the queue '{SettingText.Shown(ofQueue)}'; --queue allows those that it names: "
                    + (_servers.Count == 0 ? "none" : NamedList.Of([.. _servers.Keys])));
        }

        return AclServer.Users(
            _settings with { MayKill = mayKill }, _queues, queue => ofQueue is null ? !_servers.ContainsKey(queue) : queue == ofQueue);
    }

    private static string[]? OfWorkers(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : QueueList.TryParse(text, out var queues) ? [.. queues.Select(queue => queue.Name)]
        : throw new InvalidSettingException(WorkerOptions.QueuesSetting, $"'{SettingText.Shown(text)}' is not allowed; allowed are {QueueList.Rule}");
}
