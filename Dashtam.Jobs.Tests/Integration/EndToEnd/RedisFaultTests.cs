using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>What a Redis and its network do to a worker that stays up: not ready while it cannot work, at work soon after.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class RedisFaultTests
{
    /// <summary>The promise is two seconds; a machine that runs other tests as well may add some. <c>RedisOutageTests</c> measures.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2 + 3);

    /// <summary>A silent socket is noticed when a reply is overdue, after five seconds.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;
    private FaultProxy _proxy = null!;
    private ServiceProcess _worker = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
        _proxy = new FaultProxy(_redis.ConnectionString);
        _worker = ServiceProcess.Worker(WorkerSettings.On(_queue, _proxy.ConnectionString));
        await _worker.UntilReadyAsync();
        await _queue.PushAsync(Canary.Envelope("held", sleepMs: 3_000));
        await _worker.UntilLoggedAsync("job_started");
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await Disposal.DisposeAllAsync(_queue, _redis);
    }

    [Test]
    public async Task Refused_connections()
    {
        await UntilNotReadyAsync(() =>
        {
            _proxy.Set(ProxyMode.Refuse);
            _proxy.CutAll();
        });

        await AssertBackAsync(() => _proxy.Set(ProxyMode.Pass), Limit);
    }

    [Test]
    public async Task A_network_that_swallows_everything()
    {
        await UntilNotReadyAsync(() => _proxy.Set(ProxyMode.Swallow));

        await AssertBackAsync(() => _proxy.Set(ProxyMode.Pass), Limit);
    }

    [Test]
    public async Task Half_open_sockets_are_noticed_within_the_deadline_of_a_reply()
    {
        _proxy.SilenceAll();
        await PushAsync("adopted"); // Redis serves it to the wait that nobody hears any more

        await AssertBackAsync(() => { }, Deadline + Limit, ended: 3);
        Assert.That(_worker.Count("delivery_adopted"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_Redis_that_is_loading()
    {
        await UntilNotReadyAsync(() => _proxy.AnswerWith("-LOADING Redis is loading the dataset in memory"));

        await AssertBackAsync(() => _proxy.AnswerWith(null), Limit);
    }

    [Test]
    public async Task A_Redis_that_is_a_replica_for_a_while()
    {
        await _queue.Queue.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await UntilNotReadyAsync(() => { });

        await _queue.Queue.Multiplexer.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
        await AssertBackAsync(() => { }, Limit);
    }

    [Test]
    public async Task All_clients_killed()
    {
        await _queue.Queue.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        await AssertBackAsync(() => { }, Limit);
    }

    [Test]
    public async Task All_clients_paused()
    {
        await _queue.Queue.ExecuteAsync("CLIENT", "PAUSE", 3_000, "ALL");
        await _queue.Queue.PingAsync(); // answered when the pause is over

        await AssertBackAsync(() => { }, Limit);
    }

    [Test]
    public async Task All_scripts_flushed()
    {
        await _queue.Queue.ExecuteAsync("SCRIPT", "FLUSH");

        await AssertBackAsync(() => { }, Limit);
        Assert.That(_worker.Count("fetch_failed"), Is.Zero);
    }

    private async Task UntilNotReadyAsync(Action begin)
    {
        begin();
        await _worker.UntilAsync(async () => await _worker.ReadinessAsync() == 503, "not ready");
    }

    private async Task AssertBackAsync(Action end, TimeSpan limit, int ended = 2)
    {
        end();
        var since = Stopwatch.StartNew();
        await PushAsync("after");
        await _worker.UntilAsync(() => HasResultAsync("after"), "a job has run");
        var back = since.Elapsed;
        await TestContext.Out.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"a job's result after {back.TotalMilliseconds:0} ms"));
        Assert.That(back, Is.LessThan(limit));

        // Its finish fell into the fault: it was kept, and is written once.
        await _worker.UntilAsync(() => HasResultAsync("held"), "the job that was held has a result");
        await _worker.UntilReadyAsync();
        await _worker.UntilAsync(async () => await SucceededAsync() >= ended, "all have ended");
        Assert.That(await SucceededAsync(), Is.EqualTo(ended));
        Assert.That(_worker.Count("job_fenced"), Is.Zero);
    }

    /// <summary>The test's own connection may have to come back, too.</summary>
    private Task PushAsync(string id) => Eventually.SucceedsAsync(
        () => _queue.PushAsync(Canary.Envelope(id)), error => error is StackExchange.Redis.RedisException);

    private async Task<long> SucceededAsync() =>
        (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded");

    private Task<bool> HasResultAsync(string id) => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(id));
}
