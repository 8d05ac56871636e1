using Dashtam.Jobs.Core.Queue.Epochs;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Epochs;

[Category("Integration")]
[OnEachServer]
internal sealed class EpochWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private TestQueue _queue = null!;
    private EpochWatch _one = null!;
    private EpochWatch _two = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _one = Watch();
        _two = Watch();
    }

    [TearDown]
    public ValueTask TearDown() => _queue.DisposeAsync();

    [Test]
    public async Task Looks_at_the_same_data_see_no_loss()
    {
        await LookAsync(_one, _two, _one, _two, Watch());

        Assert.That(_one.Last, Is.Null);
        Assert.That(_two.Last, Is.Null);
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Epoch, "count"), Is.EqualTo(5));
    }

    [Test]
    public async Task Data_that_are_gone_are_a_loss_that_everybody_sees_and_that_is_counted_once()
    {
        await LookAsync(_one, _two);

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await LookAsync(_one, _two);

        await AssertLossAsync(rolledBack: false, "redis:lost_data");
    }

    [Test]
    public async Task A_loss_is_counted_once_also_when_a_process_that_knew_nothing_looks_first()
    {
        await LookAsync(_one, _two);

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await LookAsync(Watch(), _one, _two);

        await AssertLossAsync(rolledBack: false, "redis:lost_data");
    }

    [Test]
    public async Task A_count_that_went_back_is_a_roll_back_that_everybody_sees_and_that_is_counted_once()
    {
        await LookAsync(_one, _two);
        var old = await _queue.Queue.HashGetAllAsync(_queue.Keys.Epoch);
        await LookAsync(_one, _two);

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await _queue.Queue.HashSetAsync(_queue.Keys.Epoch, old);
        await LookAsync(_one, _two);

        await AssertLossAsync(rolledBack: true, "redis:rolled_back");
    }

    [Test]
    public async Task A_loss_is_seen_once_and_the_next_one_again()
    {
        await LookAsync(_one);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await LookAsync(_one);
        var first = _one.Last;
        _time.Advance(TimeSpan.FromSeconds(5));

        await LookAsync(_one);
        Assert.That(_one.Last, Is.SameAs(first));

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await LookAsync(_one);
        Assert.That(_one.Last, Is.Not.SameAs(first));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "redis:lost_data"), Is.EqualTo(2));
    }

    [Test]
    public async Task Health_tells_of_a_loss_for_an_hour_and_stays_healthy()
    {
        var health = new EpochHealthCheck(_queue, _time);
        _time.SetUtcNow(TimeProvider.System.GetUtcNow());
        await LookAsync(_queue.Default.Epoch);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Epoch);
        await LookAsync(_queue.Default.Epoch);

        var now = await health.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None);
        _time.SetUtcNow(_queue.Default.Epoch.Last!.At.AddHours(1));
        var later = await health.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None);

        Assert.That(now.Status, Is.EqualTo(HealthStatus.Healthy));
        Assert.That(now.Description, Does.StartWith("Redis lost its data"));
        Assert.That(later.Description, Is.EqualTo("Redis has its data"));
    }

    private EpochWatch Watch() => new(_queue, _queue.Keys, _time, NullLogger<EpochWatch>.Instance);

    private static async Task LookAsync(params EpochWatch[] watches)
    {
        foreach (var watch in watches)
        {
            await watch.LookAsync(CancellationToken.None);
        }
    }

    private async Task AssertLossAsync(bool rolledBack, string counter)
    {
        Assert.That(_one.Last?.RolledBack, Is.EqualTo(rolledBack));
        Assert.That(_two.Last?.RolledBack, Is.EqualTo(rolledBack));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, counter), Is.EqualTo(1));
    }
}
