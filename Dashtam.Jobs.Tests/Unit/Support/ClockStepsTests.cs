using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Support;

[Category("Unit")]
internal sealed class ClockStepsTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task The_clock_moves_until_a_task_has_ended()
    {
        var from = _clock.GetUtcNow();

        await _clock.AdvanceUntilEndAsync(WaitAsync(), Step);

        Assert.That(_clock.GetUtcNow() - from, Is.AtLeast(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public async Task The_clock_stands_still_when_it_has_happened_already()
    {
        var from = _clock.GetUtcNow();

        await _clock.AdvanceUntilAsync(() => true, Step);

        Assert.That(_clock.GetUtcNow(), Is.EqualTo(from));
    }

    [Test]
    public void What_does_not_happen_fails_the_test_and_is_named() => Assert.That(
        () => ClockSteps.AdvanceUntilAsync(_clock, () => false, Step, TimeSpan.FromMilliseconds(5), "the job has ended"),
        Throws.InstanceOf<AssertionException>().With.Message.Contains("the job has ended"));

    private async Task<bool> WaitAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(10), _clock);
        return true;
    }
}
