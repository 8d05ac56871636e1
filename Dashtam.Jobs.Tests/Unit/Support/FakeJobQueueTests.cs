using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Support;

/// <summary>The fake answers what the model says, and that is compared with Redis: a test for each way in which they meet.</summary>
[Category("Unit")]
internal sealed class FakeJobQueueTests
{
    private readonly FakeJobQueue _queue = new();

    [TestCase(false, Settlement.AlreadyDone)]
    [TestCase(true, Settlement.Fenced)]
    public async Task A_job_that_is_settled_twice_is_answered_as_by_Redis(bool recovered, Settlement answer)
    {
        var delivery = _queue.Hold("job"u8.ToArray(), "w");
        var first = await SettleAsync(delivery);
        if (recovered)
        {
            _queue.Recover("w");
        }

        Assert.That((first, await SettleAsync(delivery)), Is.EqualTo((Settlement.Done, answer)));
    }

    [Test]
    public async Task A_recovered_worker_fetches_and_hands_back_nothing_and_its_job_is_ready_for_another_one()
    {
        byte[] job = [0, 0x80, 0xff, (byte)'j']; // not UTF-8
        _queue.Hold(job, "w");

        _queue.Recover("w");

        Assert.That((await FetchAsync("w")).Code, Is.EqualTo(FetchCode.NotRegistered));
        Assert.That(await _queue.HandBackAsync([new Delivery(job, "w")], CancellationToken.None), Is.EqualTo(Settlement.Fenced));
        Assert.That((await FetchAsync("another")).Deliveries.Single().Envelope, Is.EqualTo(job));
    }

    [Test]
    public async Task A_job_that_was_recovered_twice_is_handed_out_alone_with_its_moves()
    {
        _queue.Push("job"u8.ToArray());
        await FetchAsync("first");
        _queue.Recover("first");
        await FetchAsync("second");
        _queue.Recover("second");

        var batch = await FetchAsync("third");

        Assert.That((batch.Code, batch.Deliveries.Single().Moves), Is.EqualTo((FetchCode.RunAlone, Delivery.AloneFrom)));
        Assert.That(await _queue.MovesAsync("job"u8.ToArray(), CancellationToken.None), Is.EqualTo(Delivery.AloneFrom));
    }

    private Task<Settlement> SettleAsync(Delivery delivery) => _queue.GiveBackAsync(delivery, CancellationToken.None);

    private Task<FetchedBatch> FetchAsync(string worker) =>
        _queue.FetchAsync(worker, new FetchRequest(1, 0) { MayRunAlone = true }, CancellationToken.None);
}
