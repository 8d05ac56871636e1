using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Hosting;

/// <summary>A producer with queues on two servers.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
internal sealed class QueueServersTests
{
    private TestQueue _first = null!; // made by SetUp
    private OwnRedis _second = null!;
    private IConnectionMultiplexer _onSecond = null!;
    private IHost _host = null!;

    [SetUp]
    public async Task SetUp()
    {
        _first = await TestQueue.CreateAsync();
        _second = await TestServices.StartRedisProcessAsync();
        _onSecond = await ConnectionMultiplexer.ConnectAsync(_second.ConnectionString);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["REDIS_URL"] = _first.Server,
            ["JOBS_QUEUE_NAME"] = _first.Options.Name,
            ["JOBS_DURABILITY_WAIT_MS"] = "10",
            ["JOBS_QUEUE_URLS"] = $"reports=redis://{_second.ConnectionString}/0",
        });
        builder.Services.AddJobProducer();
        _host = builder.Build();
        await _host.StartAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _onSecond.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Test]
    public async Task A_job_and_its_result_lie_on_the_server_of_its_queue()
    {
        await EnqueueAsync("here", queue: null);
        await EnqueueAsync("there", "reports");
        var result = JobResult.Success(new JobSummary(1, 1, 0), TimeSpan.Zero, JobLabels.Empty).ToUtf8();
        await _onSecond.GetDatabase().StringSetAsync("taskiq:result:there", result);

        Assert.That(await _onSecond.GetDatabase().ListLengthAsync("reports"), Is.EqualTo(1));
        Assert.That(await _first.ReadyAsync(), Is.EqualTo(1), "what dashtam-api counts: LLEN of the plain name");
        Assert.That(await _first.Queue.KeyExistsAsync("reports"), Is.False);
        var results = _host.Services.GetRequiredService<IJobResults>();
        Assert.That((await results.InQueue("reports").FindAsync("there", CancellationToken.None))?.IsSuccess, Is.True);
        Assert.That(await results.FindAsync("there", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_durable_write_waits_for_the_server_of_its_queue()
    {
        var options = new EnqueueOptions { Queue = "reports", Durability = Durability.Replicated(1) };

        var error = await Assert.ThrowsAsync<DurabilityNotReachedException>(
            () => Producer.EnqueueAsync(Job("there"), options, CancellationToken.None));

        Assert.That(error!.Acknowledged, Is.Zero, "it has no replica");
        Assert.That(await _onSecond.GetDatabase().ListLengthAsync("reports"), Is.EqualTo(1));
        Assert.That(await _onSecond.GetDatabase().KeyExistsAsync("{reports}:durable"), Is.True, "the mark that was waited for");
    }

    [Test]
    public async Task A_server_that_stands_still_keeps_no_job_from_the_other()
    {
        await _second.FreezeAsync();
        try
        {
            var there = EnqueueAsync("there", "reports");

            Assert.That(await EnqueueAsync("here", queue: null).WaitAsync(TimeSpan.FromSeconds(2)), Is.True);
            Assert.That(there.IsCompleted, Is.False);

            await _second.ThawAsync();
            await there;
            Assert.That(await _onSecond.GetDatabase().ListLengthAsync("reports"), Is.EqualTo(1));
        }
        finally
        {
            await _second.ThawAsync();
        }
    }

    [Test]
    public async Task Any_number_of_names_is_remembered_no_longer_than_a_thousand()
    {
        var queues = _host.Services.GetRequiredService<IQueues>();

        JobQueue[] first = [.. Enumerable.Range(0, 1_000).Select(i => queues.Get($"{i}"))];
        var beyond = queues.Get("beyond");

        Assert.That(first.Select(queue => queue.Name).Zip(first).All(pair => queues.Get(pair.First) == pair.Second), Is.True);
        Assert.That(queues.Get("beyond"), Is.Not.SameAs(beyond).And.Property("Name").EqualTo("beyond"), "made again, and works all the same");
        await Assert.ThatAsync(() => EnqueueAsync("one", $"{_first.Options.Name}-beyond"), Is.True);
    }

    private IJobProducer Producer => _host.Services.GetRequiredService<IJobProducer>();

    private Task<bool> EnqueueAsync(string id, string? queue) =>
        Producer.EnqueueAsync(Job(id), new EnqueueOptions { Queue = queue }, CancellationToken.None);

    private static JobEnvelope Job(string id) => new() { TaskId = id, TaskName = "run_canary" };
}
