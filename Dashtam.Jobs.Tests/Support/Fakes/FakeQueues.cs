using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Queues that all have one server, and no connection for durable writes.</summary>
internal sealed class FakeQueues : IQueues, IDurableConnection
{
    private readonly ConcurrentDictionary<string, JobQueue> _queues = new(StringComparer.Ordinal);
    private readonly Func<string, JobQueue> _make;

    public FakeQueues(IRedisConnections connections, IOptions<QueueOptions> options, TimeProvider time)
    {
        var durability = Options.Create(new DurabilityOptions());
        var commons = new QueueCommons(options, Options.Create(new LeaseOptions()), durability, time, NullLoggerFactory.Instance);
        var server = new DurableServer(this, durability);
        _make = name => new JobQueue(QueueName.Checked(name), connections, server, commons);
        Default = Get(options.Value.Name);
    }

    public JobQueue Default { get; }

    public JobQueue Get(string name) => _queues.GetOrAdd(name, _make);

    public Task<IDatabase> GetAsync() => throw new NotSupportedException("Nothing here is durable.");
}
