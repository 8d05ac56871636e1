using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Support;

[Category("Unit")]
internal sealed class EventuallyTests
{
    [Test]
    public async Task What_holds_at_the_third_look_is_waited_for()
    {
        var looks = 0;

        await Eventually.HoldsAsync(() => ++looks == 3);

        Assert.That(looks, Is.EqualTo(3));
    }

    [Test]
    public void What_does_not_come_fails_the_test_and_is_named() => Assert.That(
        () => Eventually.HoldsAsync(() => Task.FromResult(false), "the job has ended", TimeSpan.FromMilliseconds(5)),
        Throws.InstanceOf<AssertionException>().With.Message.Contains("the job has ended"));

    [Test]
    public async Task What_fails_twice_is_done_a_third_time()
    {
        var tries = 0;

        await Eventually.SucceedsAsync(() => ++tries < 3 ? throw new TimeoutException() : Task.CompletedTask, error => error is TimeoutException);

        Assert.That(tries, Is.EqualTo(3));
    }

    [Test]
    public void An_error_that_is_none_of_those_expected_ends_it_at_once() => Assert.That(
        () => Eventually.SucceedsAsync(() => throw new InvalidOperationException("another"), error => error is TimeoutException),
        Throws.InvalidOperationException);
}
