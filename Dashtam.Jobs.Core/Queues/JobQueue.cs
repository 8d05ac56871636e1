using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.Bare;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Epochs;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Core.Queue.Parked;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queue.Progress;
using Dashtam.Jobs.Core.Schedules;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>What all queues of a process share.</summary>
/// <param name="Options">How much a queue's keys may hold, and for how long; their <see cref="QueueOptions.Name"/> is the first queue's.</param>
/// <param name="Lease">How long a worker that says nothing keeps its jobs.</param>
/// <param name="Durability">How long a durable write is waited for.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where the parts log.</param>
internal sealed record QueueCommons(
    IOptions<QueueOptions> Options, IOptions<LeaseOptions> Lease, IOptions<DurabilityOptions> Durability, TimeProvider Time,
    ILoggerFactory Loggers);

/// <summary>
/// A queue: its name, its keys, its connections, and its parts. A part is made when it is first asked for: a scheduler needs few of
/// a worker's.
/// </summary>
internal sealed class JobQueue
{
    private readonly Lazy<BareResults> _bare;
    private readonly Lazy<IJobFetcher> _fetcher;
    private readonly Lazy<IJobExits> _exits;
    private readonly Lazy<IProcessingJobs> _processing;
    private readonly Lazy<IReadyWaiter> _waiter;
    private readonly Lazy<IWorkerRegistry> _registry;
    private readonly Lazy<ILease> _lease;
    private readonly Lazy<IParkedJobs> _parked;
    private readonly Lazy<IDeadLetterExpiry> _deadLetters;
    private readonly Lazy<IFenceTokens> _fences;
    private readonly Lazy<IProgressStore> _progress;
    private readonly Lazy<EpochWatch> _epoch;
    private readonly Lazy<QueueProducer> _producer;
    private readonly Lazy<FireDurability> _fireDurability;
    private readonly Lazy<ScheduleLedger> _ledger;
    private readonly Lazy<ScheduleMarks> _marks;
    private readonly Lazy<ScheduleControl> _control;
    private readonly Lazy<IScheduleRuns> _runs;
    private readonly Lazy<IWorkerJobs> _jobs;
    private readonly Lazy<IFireMarks> _fireMarks;

    /// <param name="name">As <see cref="QueueName"/> allows it.</param>
    /// <param name="connections">To the queue's server.</param>
    /// <param name="durable">Durable writes of that server.</param>
    /// <param name="commons">What all queues share.</param>
    public JobQueue(string name, IRedisConnections connections, DurableServer durable, QueueCommons commons)
    {
        var (options, lease, durability, time, loggers) = commons;
        var keys = new QueueKeys(name, options.Value);
        (Name, Connections, Keys, Durable) = (name, connections, keys, new DurableWrites(durable, keys));
        _bare = new(() => new BareResults(
            connections, keys, options, new BareRefusals(connections, keys, loggers.CreateLogger<BareRefusals>()), time));
        _fetcher = new(() => new RedisJobFetcher(connections, keys, options));
        _exits = new(() => new RedisJobExits(connections, keys, options, Bare));
        _processing = new(() => new ProcessingJobs(connections, keys));
        _waiter = new(() => new BlockingWaiter(connections, keys, loggers.CreateLogger<BlockingWaiter>()));
        _registry = new(() => new WorkerRegistry(connections, keys, options, lease));
        _lease = new(() => new RedisLease(connections, keys, lease));
        _parked = new(() => new ParkedJobs(connections, keys, options, Bare, loggers.CreateLogger<ParkedJobs>()));
        _deadLetters = new(() => new DeadLetterExpiry(connections, keys, options, time));
        _fences = new(() => new FenceTokens(connections, keys));
        _progress = new(() => new ProgressStore(connections, keys, options, Bare));
        _jobs = new(() => new WorkerJobs(connections, keys));
        _fireMarks = new(() => new FireMarks(connections, keys, time));
        _runs = new(() => new ScheduleRuns(connections, keys));
        _epoch = new(() => new EpochWatch(connections, keys, time, loggers.CreateLogger<EpochWatch>()));
        _producer = new(() => new QueueProducer(
            connections, new EnqueueScripts(keys, options),
            new MemoryGate(connections, keys, options, time, loggers.CreateLogger<MemoryGate>()), Durable, time));
        _fireDurability = new(() => new FireDurability(Durable, durability, loggers.CreateLogger<FireDurability>()));
        _ledger = new(() => new ScheduleLedger(connections, keys, FireDurability));
        _marks = new(() => new ScheduleMarks(connections, keys));
        _control = new(() => new ScheduleControl(connections, keys));
    }

    /// <summary>The key of its ready list.</summary>
    public string Name { get; }

    /// <summary>To its server.</summary>
    public IRedisConnections Connections { get; }

    /// <summary>Opens the connection on which its next job is waited for, where that is not open yet: a wait blocks its connection.</summary>
    public Task OpenWaitingAsync(CancellationToken cancellationToken) =>
        Connections is FurtherConnections further ? further.OpenWaitingAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Every key that it has.</summary>
    public QueueKeys Keys { get; }

    /// <summary>Writes that return when they are durable.</summary>
    public DurableWrites Durable { get; }

    /// <summary>How jobs come into it.</summary>
    public QueueProducer Producer => _producer.Value;

    /// <summary>Open as soon as it is known that this process may do in its Redis whatever the scripts do.</summary>
    public AclGate Rights { get; } = new();

    /// <summary>Results where TaskIQ clients without a prefix look.</summary>
    public BareResults Bare => _bare.Value;

    /// <summary>How jobs come into a worker's hands.</summary>
    public IJobFetcher Fetcher => _fetcher.Value;

    /// <summary>How jobs leave a worker's hands.</summary>
    public IJobExits Exits => _exits.Value;

    /// <summary>What Redis believes that workers hold.</summary>
    public IProcessingJobs Processing => _processing.Value;

    /// <summary>Waits for one ready job.</summary>
    public IReadyWaiter Waiter => _waiter.Value;

    /// <summary>Which workers there are.</summary>
    public IWorkerRegistry Registry => _registry.Value;

    /// <summary>The lease of this process; its owner disposes it.</summary>
    public ILease Lease => _lease.Value;

    /// <summary>Jobs of names that no worker knew.</summary>
    public IParkedJobs Parked => _parked.Value;

    /// <summary>Ends dead letters that are too old.</summary>
    public IDeadLetterExpiry DeadLetters => _deadLetters.Value;

    /// <summary>Numbers that grow from delivery to delivery; they compare within this queue.</summary>
    public IFenceTokens Fences => _fences.Value;

    /// <summary>How far jobs say that they have come.</summary>
    public IProgressStore Progress => _progress.Value;

    /// <summary>Makes the fires of its schedules durable.</summary>
    public FireDurability FireDurability => _fireDurability.Value;

    /// <summary>Which instants of its schedules have fired: in the queue itself, because one script touches both.</summary>
    public ScheduleLedger Ledger => _ledger.Value;

    /// <summary>Mends its schedules' last fired instants.</summary>
    public ScheduleMarks Marks => _marks.Value;

    /// <summary>Lists, pauses and resumes its schedules.</summary>
    public ScheduleControl Schedules => _control.Value;

    /// <summary>Which jobs its workers know.</summary>
    public IWorkerJobs Jobs => _jobs.Value;

    /// <summary>Which of its schedules from Python are fired by this service.</summary>
    public IFireMarks FireMarks => _fireMarks.Value;

    /// <summary>The newest run of each schedule whose runs replace each other.</summary>
    public IScheduleRuns Runs => _runs.Value;

    /// <summary>Whether Redis still has this queue's data.</summary>
    public EpochWatch Epoch => _epoch.Value;
}
