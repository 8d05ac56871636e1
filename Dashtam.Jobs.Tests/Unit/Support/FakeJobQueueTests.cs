using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support.Fakes;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Support;

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
            _queue.Recovered.Add("w");
        }

        Assert.That((first, await SettleAsync(delivery)), Is.EqualTo((Settlement.Done, answer)));
    }

    private Task<Settlement> SettleAsync(Delivery delivery) => _queue.GiveBackAsync(delivery, CancellationToken.None);
}
