using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Epochs;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

/// <summary>Numbers in Redis that are none: they lose no job, stop no loop, and stay no longer than needed.</summary>
[Category("Integration")]
internal sealed class UnreadableNumberTests
{
    private const string Worker = "w";
    private static readonly byte[] Envelope = "1"u8.ToArray();
    private static readonly CancellationToken None = CancellationToken.None;

    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_counter_that_INCR_refuses_lets_no_job_leave_its_list(
        [Values("seq", "dead:bytes")] string key,
        [Values("007", "-0", "", "1.5", "99999999999999999999", "9223372036854775807")] string text)
    {
        var held = await _queue.HoldAsync(Worker, Envelope);
        await _queue.Queue.StringSetAsync(_queue.Own(key), text);
        var letter = Rejections.UnknownJob(new JobEnvelope { TaskId = "id", TaskName = "run_nobody" }, "nobody knows it");

        Assert.That(() => _queue.Jobs.DeadLetterAsync(held[0], letter, None), Throws.Exception.With.Message.Contains("not a number"));

        Assert.That(await _queue.ProcessingAsync(Worker), Is.EqualTo(1));
    }

    [TestCase("abc")]
    [TestCase("1.5")]
    [TestCase("9223372036854775807")]
    public async Task A_count_of_moves_that_is_no_number_begins_anew_and_the_job_is_recovered(string count)
    {
        await _queue.HoldAsync(Worker, Envelope);
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, EnvelopeHash.Of(Envelope), count);

        Assert.That(await _queue.RecoverAsync(Worker), Is.EqualTo(1));

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Suspects, EnvelopeHash.Of(Envelope)), Is.EqualTo(1));
    }

    [TestCase("abc")]
    [TestCase("99999999999")]
    public async Task A_suspect_whose_count_is_no_number_is_fetched_and_runs_alone(string count)
    {
        await _queue.RegisterAsync(Worker);
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Isolated, Envelope);
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, EnvelopeHash.Of(Envelope), count);

        var batch = await _queue.FetchBatchAsync(Worker, 10);

        Assert.That((batch.Code, batch.Deliveries.Single().RunsAlone), Is.EqualTo((FetchCode.RunAlone, true)));
        Assert.That(await _queue.Jobs.MovesAsync(Envelope, None), Is.EqualTo(Delivery.AloneFrom));
    }

    [TestCase(1.79e18)] // ns
    [TestCase(1.79e15)] // µs
    [TestCase(double.PositiveInfinity)]
    public async Task A_delayed_job_that_is_due_beyond_all_time_stops_no_fetch(double due)
    {
        await _queue.RegisterAsync(Worker);
        await _queue.PushAsync(Envelope);
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "1|2", due);

        Assert.That((await _queue.FetchBatchAsync(Worker, 10)).Deliveries, Has.Count.EqualTo(1));
    }

    [TestCase("abc")]
    [TestCase("nan")]
    [TestCase("inf")]
    [TestCase("-5")]
    [TestCase("9223372036854775807")]
    public async Task A_fence_counter_that_is_no_number_goes_on_above_Redis_clock(string text)
    {
        var held = await _queue.HoldAsync(Worker, Envelope, "2"u8.ToArray());
        var tokens = new FenceTokens(_queue, _queue.Keys);
        var before = await tokens.NextAsync(held[0], 0, None);
        await _queue.Queue.StringSetAsync(_queue.Keys.Fence, text);

        var number = await tokens.NextAsync(held[1], 0, None);

        Assert.That(number, Is.InRange(before + 1, before + 3_600_000_000));
        Assert.That((long)await _queue.Queue.StringGetAsync(_queue.Keys.Fence), Is.EqualTo(number));
    }

    [TestCase("abc")]
    [TestCase("1.5")]
    [TestCase("007")]
    [TestCase("9223372036854775807")]
    public async Task A_count_of_looks_that_is_no_number_begins_anew_and_a_loss_is_still_noticed(string count)
    {
        var watch = new EpochWatch(_queue, _queue.Keys, TimeProvider.System, NullLogger<EpochWatch>.Instance);
        await watch.LookAsync(None);
        await _queue.Queue.HashSetAsync(_queue.Keys.Epoch, "count", count);

        await watch.LookAsync(None);
        await watch.LookAsync(None);
        var before = watch.Last;
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await watch.LookAsync(None);

        Assert.That(before, Is.Null);
        Assert.That(watch.Last, Is.Not.Null);
    }
}
