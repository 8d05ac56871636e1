using Dashtam.Jobs.Core.Infrastructure.Effects;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fencing;

[Category("Integration")]
[OnEachServer]
internal sealed class FenceTokensTests
{
    private TestQueue _queue = null!;
    private FenceTokens _tokens = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _tokens = new FenceTokens(_queue, _queue.Keys);
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task Numbers_grow_from_delivery_to_delivery()
    {
        var held = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray());

        var first = await NextAsync(held[0]);
        var second = await NextAsync(held[1]);

        Assert.That(second, Is.GreaterThan(first));
        Assert.That((long)await _queue.Queue.StringGetAsync(_queue.Keys.Fence), Is.EqualTo(second));
    }

    [Test]
    public async Task A_delivery_that_has_a_number_keeps_it()
    {
        var delivery = (await _queue.HoldAsync("w", "1"u8.ToArray()))[0];
        var number = await NextAsync(delivery);

        Assert.That(await _tokens.NextAsync(delivery, number, CancellationToken.None), Is.EqualTo(number));
    }

    [TestCase(0L)]
    [TestCase(17L)]
    public async Task Who_was_recovered_is_given_none(long own)
    {
        var delivery = (await _queue.HoldAsync("w", "1"u8.ToArray()))[0];
        await _queue.RecoverAsync("w");
        await _queue.RegisterAsync("w2");
        await _queue.FetchAsync("w2", 1);

        Assert.That(
            () => _tokens.NextAsync(delivery, own, CancellationToken.None),
            Throws.TypeOf<FencedException>().With.Property("Worker").EqualTo("w"));
    }

    [Test]
    public async Task Asking_does_not_change_what_the_worker_holds()
    {
        var held = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray());
        var before = await _queue.Jobs.ListAsync("w", CancellationToken.None);

        await NextAsync(held[0]);

        Assert.That(await _queue.Jobs.ListAsync("w", CancellationToken.None), Is.EqualTo(before));
    }

    [Test]
    public async Task A_counter_that_was_lost_or_came_back_old_goes_on_above_what_anybody_has_seen()
    {
        var held = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray());
        var first = await NextAsync(held[0]);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Fence);
        var somebodyWhoHasSeenNone = new FenceTokens(_queue, _queue.Keys);

        var afterLoss = await somebodyWhoHasSeenNone.NextAsync(held[1], own: 0, CancellationToken.None);
        await _queue.Queue.StringSetAsync(_queue.Keys.Fence, first - 1_000);
        var afterRollback = await somebodyWhoHasSeenNone.NextAsync(held[2], own: 0, CancellationToken.None);

        Assert.That(new[] { first, afterLoss, afterRollback }, Is.Ordered.Ascending);
        Assert.That(afterLoss, Is.Not.EqualTo(first));
    }

    [Test]
    public async Task What_a_process_has_seen_is_a_floor_also_when_Redis_clock_was_put_back()
    {
        var held = await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray());
        const long farAhead = 8_000_000_000_000_000; // more than any clock says: as if the clock had been put back since
        await _queue.Queue.StringSetAsync(_queue.Keys.Fence, farAhead);
        await NextAsync(held[0]);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Fence);

        Assert.That(await NextAsync(held[1]), Is.GreaterThan(farAhead));
    }

    [Test]
    public async Task A_store_refuses_the_effect_of_a_run_that_was_overtaken()
    {
        var effects = new RedisFencedEffects(_queue, _queue.Keys);
        var stale = await NextAsync((await _queue.HoldAsync("w", "1"u8.ToArray()))[0]);
        await _queue.RecoverAsync("w");
        await _queue.RegisterAsync("w2");
        var current = await NextAsync((await _queue.FetchAsync("w2", 1))[0]);

        var first = await effects.RecordAsync("e", current, CancellationToken.None);
        var late = await effects.RecordAsync("e", stale, CancellationToken.None);
        var again = await effects.RecordAsync("e", current, CancellationToken.None);

        Assert.That(
            new[] { first, late, again },
            Is.EqualTo(new[] { new EffectReply(true, 1), new EffectReply(false, 2), new EffectReply(true, 3) }));
        Assert.That(await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.CanaryEffect("e")), Is.Not.Null);
    }

    private Task<long> NextAsync(Delivery delivery) => _tokens.NextAsync(delivery, own: 0, CancellationToken.None);
}
