using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>The queues of this process, and the connections to those servers that not all of them share.</summary>
/// <remarks>Starts behind the connection to <c>REDIS_URL</c>.</remarks>
internal sealed class ProcessQueues(
    RedisConnections first, DurableServer durable, IOptions<RedisOptions> redis, QueueCommons commons)
    : IQueues, IHostedService, IAsyncDisposable
{
    /// <summary>Queues that are remembered: a producer's labels may name any number of them.</summary>
    private const int MostRemembered = 1_000;

    private readonly ConcurrentDictionary<string, JobQueue> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueueServer> _servers = redis.Value.Servers().Keys.ToDictionary(
        queue => queue, queue => new QueueServer(first.OfQueue(queue), commons.Durability), StringComparer.Ordinal);

    public JobQueue Default { get; } = new(commons.Options.Value.Name, first, durable, commons);

    public JobQueue Get(string name)
    {
        if (name == Default.Name)
        {
            return Default;
        }

        if (_queues.TryGetValue(name, out var known))
        {
            return known;
        }

        var made = Make(QueueName.Checked(name));
        return _queues.Count < MostRemembered ? _queues.GetOrAdd(name, made) : made;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_servers.ContainsKey(Default.Name))
        {
            throw new InvalidSettingException(
                "JOBS_QUEUE_URLS", "names the queue of JOBS_QUEUE_NAME, whose server is REDIS_URL's; allowed are other queues");
        }

        await Task.WhenAll(_servers.Values.Select(server => server.Connections.StartAsync(cancellationToken)));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }

    private JobQueue Make(string name) => _servers.TryGetValue(name, out var server)
        ? new JobQueue(name, server.Connections, server.Durable, commons)
        : new JobQueue(name, new FurtherConnections(first, name), durable, commons);

    /// <summary>A server that one queue has for itself.</summary>
    private sealed class QueueServer : IAsyncDisposable
    {
        private readonly DurableConnection _durable;

        public QueueServer(RedisConnections connections, IOptions<DurabilityOptions> durability)
        {
            Connections = connections;
            _durable = new DurableConnection(connections, durability);
            Durable = new DurableServer(_durable, durability);
        }

        public RedisConnections Connections { get; }

        public DurableServer Durable { get; }

        public async ValueTask DisposeAsync()
        {
            await _durable.DisposeAsync();
            await Connections.DisposeAsync();
        }
    }
}
