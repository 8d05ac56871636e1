using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Schedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A queue of a test's own, on the run's Redis or on one that the test started.</summary>
internal sealed class TestQueue : IRedisConnections, IAsyncDisposable
{
    private readonly ConnectionMultiplexer _multiplexer;

    private TestQueue(ConnectionMultiplexer multiplexer, QueueOptions options, LeaseOptions lease)
    {
        _multiplexer = multiplexer;
        Options = options;
        Keys = new QueueKeys(Microsoft.Extensions.Options.Options.Create(options));
        var queueOptions = Microsoft.Extensions.Options.Options.Create(options);
        Jobs = new RedisJobQueue(this, Keys, queueOptions);
        Producer = new RedisJobProducer(this, Keys, queueOptions, TimeProvider.System);
        Registry = new WorkerRegistry(this, Keys, queueOptions, Microsoft.Extensions.Options.Options.Create(lease));
        Parked = new ParkedJobs(this, Keys);
        Ledger = new ScheduleLedger(this, Keys);
        Control = new ScheduleControl(this, Keys);
    }

    public QueueOptions Options { get; }

    public QueueKeys Keys { get; }

    public RedisJobQueue Jobs { get; }

    public RedisJobProducer Producer { get; }

    public WorkerRegistry Registry { get; }

    public ParkedJobs Parked { get; }

    public ScheduleLedger Ledger { get; }

    public ScheduleControl Control { get; }

    public IDatabase Queue => _multiplexer.GetDatabase();

    public IDatabase Waiting => Queue;

    public IDatabase Notices => Queue;

    /// <summary>On the run's shared Redis.</summary>
    public static async Task<TestQueue> CreateAsync(QueueOptions? options = null, LeaseOptions? lease = null) =>
        await CreateOnAsync((await TestServices.RedisAsync()).ConnectionString, options, lease);

    /// <summary>On a given Redis, under a name of its own.</summary>
    public static async Task<TestQueue> CreateOnAsync(
        string connectionString, QueueOptions? options = null, LeaseOptions? lease = null)
    {
        options ??= new QueueOptions();
        options.Name = $"test:{Guid.NewGuid():N}";
        options.ResultPrefix = $"{options.Name}:result";
        var multiplexer = await ConnectionMultiplexer.ConnectAsync($"{connectionString},allowAdmin=true,asyncTimeout=10000");
        return new TestQueue(multiplexer, options, lease ?? new LeaseOptions());
    }

    public Task RegisterAsync(string worker) => Registry.RegisterAsync(
        worker, lostName: null, new Dictionary<string, string>(StringComparer.Ordinal) { ["host"] = "test" }, CancellationToken.None);

    /// <summary>As a Python producer does.</summary>
    public Task PushAsync(params byte[][] envelopes) =>
        Queue.ListLeftPushAsync(Keys.Ready, Array.ConvertAll(envelopes, envelope => (RedisValue)envelope));

    public async Task<IReadOnlyList<Delivery>> FetchAsync(string worker, int wanted) =>
        (await Jobs.FetchAsync(worker, wanted, CancellationToken.None)).Deliveries;

    /// <summary>Registers a worker that fetches the given envelopes.</summary>
    public async Task<IReadOnlyList<Delivery>> HoldAsync(string worker, params byte[][] envelopes)
    {
        await RegisterAsync(worker);
        await PushAsync(envelopes);
        return await FetchAsync(worker, envelopes.Length);
    }

    /// <summary>Makes a worker's last heartbeat so old that its lease has run out.</summary>
    public Task LetLeaseRunOutAsync(string worker) => Queue.SortedSetAddAsync(Keys.Workers, worker, 1);

    /// <summary>Kills a worker, as far as the queue can see it, and recovers its jobs.</summary>
    public async Task<int?> RecoverAsync(string worker)
    {
        await LetLeaseRunOutAsync(worker);
        return await Registry.RecoverAsync(worker, CancellationToken.None);
    }

    public Task<long> ReadyAsync() => Queue.ListLengthAsync(Keys.Ready);

    public Task<long> ProcessingAsync(string worker) => Queue.ListLengthAsync(Keys.Processing(worker));

    public async ValueTask DisposeAsync()
    {
        var server = _multiplexer.GetServers()[0];
        try
        {
            await foreach (var key in server.KeysAsync(pattern: $"*{Options.Name}*"))
            {
                await Queue.KeyDeleteAsync(key);
            }
        }
        catch (RedisException)
        {
            // The server that the test had for itself is gone; so are its keys.
        }

        await _multiplexer.DisposeAsync();
    }
}
