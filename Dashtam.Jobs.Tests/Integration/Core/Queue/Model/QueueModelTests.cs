using CsCheck;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Model;

/// <summary>
/// The queue against its model: random moves of producers and three workers, compared after each. A failure prints the
/// shortest sequence found and its seed; <c>CsCheck_Seed</c> in the environment replays it.
/// </summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(180_000)]
internal sealed class QueueModelTests
{
    private const int Sequences = 200;

    /// <summary>Fetches are as frequent as what makes and ends jobs; otherwise nothing is ever held.</summary>
    private static readonly QueueMove[] Moves =
    [
        .. Enum.GetValues<QueueMove>(), QueueMove.Push, QueueMove.Push, QueueMove.Fetch, QueueMove.Fetch, QueueMove.Fetch,
        QueueMove.Fetch, QueueMove.Recover, QueueMove.Recover, QueueMove.Register, QueueMove.Register, QueueMove.Register,
    ];

    private static readonly Gen<QueueStep[]> Steps = Gen
        .Select(Gen.OneOf(Moves), Gen.Int[0, 2], Gen.Int[0, 5], (move, worker, pick) => new QueueStep(move, worker, pick))
        .Array[1, 40];

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(
            _redis.ConnectionString, new QueueOptions { ParkedMax = 2, DeadMaxEntries = 3, EnqueueMemoryLimitPercent = 100 });
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public Task Every_job_is_in_exactly_one_place_whatever_producers_and_workers_do_and_however_late() =>
        Steps.SampleAsync(CheckAsync, iter: Sequences, threads: 1, print: steps => string.Join(", ", steps));

    private async Task CheckAsync(QueueStep[] steps)
    {
        await _queue.ClearAsync();
        var run = new QueueModelRun(_queue);
        await run.RegisterAsync(0);
        await run.RegisterAsync(1);
        foreach (var step in steps)
        {
            await run.MakeAsync(step);
            await AssertSameAsync(run.Model, step);
        }

        await AssertResultsAsync(run.Model);
    }

    private async Task AssertSameAsync(QueueModel model, QueueStep step)
    {
        var books = await QueueBooks.ReadAsync(_queue, [.. model.Held.Keys]);

        Assert.That(
            await QueueSnapshot.OfAsync(_queue, model.Held.Keys), Is.EqualTo(QueueSnapshot.Of(model)), $"after {step}");
        Assert.That(books.Total, Is.EqualTo(model.Jobs), $"after {step}: {books}");
        Assert.That(
            model.Suspects.Keys,
            Is.SubsetOf(model.Ready.Concat(model.Isolated).Concat(model.Later).Concat(model.Due).Concat(model.Held.Values.SelectMany(held => held))),
            $"after {step}: a count of deliveries goes with its job");
    }

    private async Task AssertResultsAsync(QueueModel model)
    {
        var results = new List<string>();
        await foreach (var key in _queue.Queue.Multiplexer.GetServers()[0].KeysAsync(pattern: _queue.Keys.ResultsPattern))
        {
            results.Add($"{key}");
        }

        Assert.That(results, Is.EquivalentTo(model.Results.Select(job => $"{_queue.Keys.Result(job)}")));
    }
}
