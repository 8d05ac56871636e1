using Dashtam.Jobs.Core.Queue;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue;

[Category("Unit")]
internal sealed class QueueListTests
{
    [TestCase("critical,dashtam:jobs", "critical- dashtam:jobs-")]
    [TestCase("critical=5, dashtam:jobs = 1", "critical-5 dashtam:jobs-1")]
    [TestCase("a=b=3", "a=b-3", Description = "the weight stands behind the last '='")]
    [TestCase("only", "only-")]
    public void Names_stand_in_their_order_with_their_weights(string text, string expected)
    {
        Assert.That(QueueList.TryParse(text, out var queues), Is.True);
        Assert.That(string.Join(' ', queues!.Select(queue => $"{queue.Name}-{queue.Weight}")), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("a,,b")]
    [TestCase("a,a")]
    [TestCase("a=5,a=1")]
    [TestCase("a=5,b")]
    [TestCase("a=0")]
    [TestCase("a=1001")]
    [TestCase("a=-1")]
    [TestCase("a=1.5")]
    [TestCase("a=")]
    [TestCase("=5")]
    [TestCase("{a}")]
    [TestCase("a\u0007")]
    [TestCase("\"a\"")]
    public void What_no_queue_may_be_called_or_what_is_half_weighed_is_refused(string text) =>
        Assert.That(QueueList.TryParse(text, out _), Is.False);
}
