using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What one scheduler has for Python's schedules, without its loops, on a queue of a test's own.</summary>
internal sealed class PythonScheduleBench : IDisposable
{
    private readonly TestQueue _queue;
    private readonly LogLines _log = new();

    public PythonScheduleBench(TestQueue queue, TestQueue? connection = null)
    {
        _queue = queue;
        var redis = connection ?? queue;
        var options = Options.Create(queue.Options);
        Source = new ScheduleSource(options);
        Store = new PythonScheduleStore(
            redis, queue.Keys, Source,
            new FireDurability(redis.Durable, Options.Create(queue.Durability), NullLogger<FireDurability>.Instance));
        var catalog = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        var known = new KnownJobs(catalog, new WorkerJobs(redis, queue.Keys), TimeProvider.System);
        var judge = new EntryJudge(known, new ZoneClocks(), queue.Keys);
        var odd = new OddEntries(Store, TimeProvider.System, _log.Factory.CreateLogger<OddEntries>());
        Intake = new EntryIntake(Store, judge, odd, new OddMarks(Store, known, TimeProvider.System), new NextLook(TimeProvider.System));
        Due = new DueEntries(Store, Intake, judge, new Random(1), _log.Factory.CreateLogger<DueEntries>());
        var lists = new ScheduleLists(redis, Source);
        Lists = new ListFinder(lists, Store, Source, Intake, new RedisClock(Store, TimeProvider.System));
        Events = new KeyspaceEvents(redis, Source, _log.Factory.CreateLogger<KeyspaceEvents>());
        Keyspace = new KeyspaceFinder(
            new ScheduleKeyspace(redis, queue.Keys, Source), lists, Store, Source, Intake, TimeProvider.System);
    }

    public ScheduleSource Source { get; }

    public PythonScheduleStore Store { get; }

    public EntryIntake Intake { get; }

    public DueEntries Due { get; }

    public ListFinder Lists { get; }

    public KeyspaceEvents Events { get; }

    public KeyspaceFinder Keyspace { get; }

    /// <summary>The lines of an event that name an entry; an empty name: all of them.</summary>
    public int Logged(string @event, string name) => _log.Count(@event, name.Length == 0 ? null : name);

    /// <summary>Writes an entry, looks at it, and fires what is due; how many entries fired.</summary>
    public async Task<int> FireAsync(string name, byte[] entry)
    {
        await _queue.Queue.StringSetAsync(Source.Entry(name), entry);
        await Intake.TakeAsync([name], CancellationToken.None);
        return await Due.FireAsync(CancellationToken.None);
    }

    /// <summary>As a producer does with a list source.</summary>
    public async Task ScheduleAsync(string id, byte[] entry, RedisKey list)
    {
        await _queue.Queue.StringSetAsync(Source.Entry(ScheduleSource.Listed(id)), entry);
        await _queue.Queue.ListRightPushAsync(list, id);
    }

    /// <summary>As a producer unschedules, with a list source.</summary>
    public async Task UnscheduleAsync(string id, RedisKey list)
    {
        await _queue.Queue.KeyDeleteAsync(Source.Entry(ScheduleSource.Listed(id)));
        await _queue.Queue.ListRemoveAsync(list, id);
    }

    /// <summary>Puts the past behind an entry: it was seen first, or has fired, so long ago, and is due.</summary>
    public async Task AgeAsync(string name, TimeSpan by)
    {
        var state = EntryState.Parse(await _queue.Queue.HashGetAsync(_queue.Keys.PythonEntries, name))!;
        var older = state with { FirstSeen = state.FirstSeen - by, LastFired = state.LastFired - by };
        await _queue.Queue.HashSetAsync(_queue.Keys.PythonEntries, name, older.ToString());
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.PythonDue, name, 1);
    }

    /// <summary>The jobs that are ready, the oldest first.</summary>
    public async Task<IReadOnlyList<JobEnvelope>> ReadyAsync() =>
    [
        .. (await _queue.Queue.ListRangeAsync(_queue.Keys.Ready)).Reverse().Select(bytes =>
            JobEnvelope.TryParse((byte[])bytes!, out var envelope, out var problem)
                ? envelope
                : throw new InvalidOperationException(problem)),
    ];

    public void Dispose() => _log.Dispose();

    /// <summary>A queue whose schedules have a prefix of their own on the run's Redis.</summary>
    public static async Task<TestQueue> QueueAsync()
    {
        var options = new QueueOptions();
        var queue = await TestQueue.CreateAsync(options);
        options.SchedulesPrefix = $"schedule:{queue.Options.Name}"; // removed with the queue, whose name is in it
        return queue;
    }
}
