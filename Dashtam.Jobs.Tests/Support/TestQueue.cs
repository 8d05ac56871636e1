using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Bare;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Queue.Parked;
using Dashtam.Jobs.Core.Queue.Progress;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Schedules;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A queue of a test's own, on the run's Redis or on one that the test started.</summary>
internal sealed class TestQueue : IRedisConnections, IDurableConnection, IQueues, IServedQueues, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JobQueue> _others = new(StringComparer.Ordinal);
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly DurableServer _server;
    private readonly QueueCommons _commons;
    private ConnectionMultiplexer? _durable;

    private static IReadOnlyDictionary<string, string> About { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["host"] = "test" };

    private TestQueue(ConnectionMultiplexer multiplexer, string server, QueueOptions options, LeaseOptions lease)
    {
        Server = server;
        _multiplexer = multiplexer;
        Options = options;
        Keys = new QueueKeys(Microsoft.Extensions.Options.Options.Create(options));
        var queueOptions = Microsoft.Extensions.Options.Options.Create(options);
        var durability = Microsoft.Extensions.Options.Options.Create(Durability);
        _server = new DurableServer(this, durability);
        _commons = new QueueCommons(
            queueOptions, Microsoft.Extensions.Options.Options.Create(lease), durability, TimeProvider.System, NullLoggerFactory.Instance);
        Default = new JobQueue(options.Name, this, _server, _commons);
        Bare = new BareResults(
            this, Keys, queueOptions, new BareRefusals(this, Keys, NullLogger<BareRefusals>.Instance), TimeProvider.System);
        Progress = new ProgressStore(this, Keys, queueOptions, Bare);
        Jobs = new TestJobs(
            new RedisJobFetcher(this, Keys, queueOptions), new RedisJobExits(this, Keys, queueOptions, Bare), new ProcessingJobs(this, Keys));
        Producer = new RedisJobProducer(this, TimeProvider.System);
        Results = new RedisJobResults(Default, this, TimeProvider.System);
        Schedules = new QueueSchedules(this);
        var leaseOptions = Microsoft.Extensions.Options.Options.Create(lease);
        Registry = new WorkerRegistry(this, Keys, queueOptions, leaseOptions);
        Lease = new RedisLease(this, Keys, leaseOptions);
        Parked = new ParkedJobs(this, Keys, queueOptions, Bare, NullLogger<ParkedJobs>.Instance);
        Control = new ServedSchedules(this, this);
        Expiry = new DeadLetterExpiry(this, Keys, queueOptions, TimeProvider.System);
    }

    /// <summary>The server's address, as a setting has it: <c>127.0.0.1:6379</c>.</summary>
    public string Server { get; }

    public QueueOptions Options { get; }

    public JobQueue Default { get; }

    public IReadOnlyList<JobQueue> All => [Default];

    /// <summary>The queues of other names are on the same server. Each of them is made once.</summary>
    public JobQueue Get(string name) =>
        name == Default.Name ? Default : _others.GetOrAdd(name, other => new JobQueue(QueueName.Checked(other), this, _server, _commons));

    public QueueKeys Keys { get; }

    /// <summary>May be changed until the first durable write.</summary>
    public DurabilityOptions Durability { get; } = new();

    public DurableWrites Durable => Default.Durable;

    public BareResults Bare { get; }

    public ProgressStore Progress { get; }

    public TestJobs Jobs { get; }

    public RedisJobProducer Producer { get; }

    public RedisJobResults Results { get; }

    public WorkerRegistry Registry { get; }

    public RedisLease Lease { get; }

    public ParkedJobs Parked { get; }

    public DeadLetterExpiry Expiry { get; }

    public ScheduleLedger Ledger => Default.Ledger;

    public QueueSchedules Schedules { get; }

    public ServedSchedules Control { get; }

    public IDatabase Queue => _multiplexer.GetDatabase();

    public IDatabase Waiting => Queue;

    public IDatabase Notices => Queue;

    public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) => BlockingRedis.Open(
        RedisConnections.Owner(_multiplexer, key), ConfigurationOptions.Parse(_multiplexer.Configuration), deadline);

    /// <summary>On the run's shared Redis.</summary>
    public static async Task<TestQueue> CreateAsync(QueueOptions? options = null, LeaseOptions? lease = null) =>
        await CreateOnAsync((await TestServices.RedisAsync()).ConnectionString, options, lease);

    /// <summary>On a given Redis, under a name of its own unless one is given.</summary>
    public static async Task<TestQueue> CreateOnAsync(
        string connectionString, QueueOptions? options = null, LeaseOptions? lease = null, string? name = null)
    {
        options ??= new QueueOptions();
        options.Name = name ?? $"test:{Guid.NewGuid():N}";
        options.ResultPrefix = "{queue}:result";
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configuration(connectionString));
        return new TestQueue(multiplexer, connectionString, options, lease ?? new LeaseOptions());
    }

    /// <summary>The same queue over another connection: through a proxy, or on the server that took over.</summary>
    public static async Task<TestQueue> CreateOnAsync(string connectionString, TestQueue like) => new(
        await ConnectionMultiplexer.ConnectAsync(Configuration(connectionString)), connectionString, like.Options, new LeaseOptions());

    // A test that measures how soon a process is back must be back sooner itself.
    private static ConfigurationOptions Configuration(string connectionString)
    {
        var configuration = ConfigurationOptions.Parse($"{connectionString},allowAdmin=true,asyncTimeout=10000");
        configuration.ReconnectRetryPolicy = new LinearRetry(50);
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(50);
        return configuration;
    }

    /// <summary>The connection of durable writes.</summary>
    public async Task<IDatabase> GetAsync() =>
        (_durable ??= await ConnectionMultiplexer.ConnectAsync($"{_multiplexer.Configuration},tiebreaker=,configChannel=")).GetDatabase();

    public Task RegisterAsync(string worker) =>
        Registry.RegisterAsync(worker, lostName: null, About, CancellationToken.None);

    /// <summary>One of the queue's own keys, by what stands behind its tag.</summary>
    public RedisKey Own(string name) => $"{{{Options.Name}}}:{name}";

    /// <summary>Adds a dead letter, as of a time in ms.</summary>
    public async Task AddDeadLetterAsync(string taskId, long since)
    {
        var letter = new DeadLetter(DeadLetterReason.Failed, "it failed", "run_canary", taskId, Attempts: 1, Result: null);
        byte[] entry = [.. letter.ToInfo(), (byte)'\n', .. Canary.Envelope(taskId)];
        var number = await Queue.StringIncrementAsync(Keys.Sequence);
        await Queue.SortedSetAddAsync(Keys.Dead, number, since);
        await Queue.HashSetAsync(Keys.DeadEntries, number, entry);
        await Queue.StringIncrementAsync(Keys.DeadBytes, entry.Length);
    }

    /// <summary>As a Python producer does.</summary>
    public Task PushAsync(params byte[][] envelopes) =>
        Queue.ListLeftPushAsync(Keys.Ready, Array.ConvertAll(envelopes, envelope => (RedisValue)envelope));

    public async Task<IReadOnlyList<Delivery>> FetchAsync(string worker, int wanted) =>
        (await FetchBatchAsync(worker, wanted)).Deliveries;

    public Task<FetchedBatch> FetchBatchAsync(string worker, int wanted, bool mayRunAlone = true) =>
        Jobs.FetchAsync(worker, new FetchRequest(wanted, 0) { MayRunAlone = mayRunAlone }, CancellationToken.None);

    /// <summary>A heartbeat of a worker with nothing to say.</summary>
    public Heartbeat Renew(string worker, int running = 0) => Lease.Renew(worker, new HeartbeatReport(running, Oldest: null, About));

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
        return await TryRecoverAsync(worker);
    }

    /// <summary>Recovers a worker's jobs if its lease has run out; null: it has not.</summary>
    public async Task<int?> TryRecoverAsync(string worker) =>
        (await Registry.RecoverAsync(worker, judge: null, CancellationToken.None))?.Moved;

    public Task<long> ReadyAsync() => Queue.ListLengthAsync(Keys.Ready);

    public Task<long> ProcessingAsync(string worker) => Queue.ListLengthAsync(Keys.Processing(worker));

    /// <summary>Removes the queue's keys: other tests may have theirs on the same server.</summary>
    public async Task ClearAsync()
    {
        await foreach (var key in _multiplexer.GetServers()[0].KeysAsync(pattern: $"*{Options.Name}*"))
        {
            await Queue.KeyDeleteAsync(key);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Lease.Dispose();
        try
        {
            await ClearAsync();
        }
        catch (RedisException)
        {
            // The server that the test had for itself is gone; so are its keys.
        }

        if (_durable is not null)
        {
            await _durable.DisposeAsync();
        }

        await _multiplexer.DisposeAsync();
    }
}
