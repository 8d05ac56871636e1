using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Tests.Support.Fakes;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Fencing;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DeliveryFenceTests
{
    private readonly FakeFenceTokens _tokens = new();

    [Test]
    public async Task A_delivery_is_given_one_number_however_often_it_asks()
    {
        var fence = Fence();

        var first = await fence.GetAsync(CancellationToken.None);
        var second = await fence.GetAsync(CancellationToken.None);

        Assert.That((first, second), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public async Task Two_who_ask_at_once_are_given_the_same_number()
    {
        var gate = new TaskCompletionSource();
        _tokens.Gate = gate.Task;
        var fence = Fence();

        var asking = Task.WhenAll(fence.GetAsync(CancellationToken.None), fence.GetAsync(CancellationToken.None));
        gate.SetResult();
        var numbers = await asking;

        Assert.That(numbers, Is.EqualTo(new[] { 1L, 1L }));
        Assert.That(_tokens.Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task Each_delivery_has_a_number_of_its_own()
    {
        var first = await Fence().GetAsync(CancellationToken.None);
        var second = await Fence().GetAsync(CancellationToken.None);

        Assert.That(second, Is.GreaterThan(first));
    }

    [Test]
    public async Task Who_has_lost_the_delivery_is_told_also_when_it_had_a_number()
    {
        var fence = Fence();
        await fence.GetAsync(CancellationToken.None);
        _tokens.Lost = true;

        Assert.That(() => fence.GetAsync(CancellationToken.None), Throws.TypeOf<FencedException>());
    }

    [Test]
    public async Task After_a_failure_it_can_be_asked_again()
    {
        _tokens.Gate = Task.FromException(FakeJobQueue.Lost);
        var fence = Fence();

        Assert.That(() => fence.GetAsync(CancellationToken.None), Throws.Exception);
        _tokens.Gate = Task.CompletedTask;

        Assert.That(await fence.GetAsync(CancellationToken.None), Is.EqualTo(1));
    }

    private DeliveryFence Fence() => new(_tokens, new Delivery("job"u8.ToArray(), "w"));
}
