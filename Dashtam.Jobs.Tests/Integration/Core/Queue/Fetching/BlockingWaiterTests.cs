using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fetching;

[Category("Integration")]
[OnEachServer]
[CancelAfter(60_000)]
internal sealed class BlockingWaiterTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;
    private TestQueue _waiting = null!;
    private BlockingWaiter _waiter = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
        _waiting = await TestQueue.CreateOnAsync(_redis.ConnectionString, like: _queue);
        var connections = Substitute.For<IRedisConnections>();
        connections.Queue.Returns(_queue.Queue);
        connections.Waiting.Returns(_waiting.Queue);
        _waiter = new BlockingWaiter(connections, _queue.Keys, NullLogger<BlockingWaiter>.Instance);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_waiting, _queue, _redis);

    [NotOnGarnet("it counts no calls of a command (INFO commandstats)")]
    [Test]
    public async Task The_connection_s_id_is_asked_for_once_and_again_after_a_reconnect()
    {
        await _waiter.WaitAsync("w", Short);
        var before = await CallsAsync("client|id");
        await _waiter.WaitAsync("w", Short);
        await _waiter.WaitAsync("w", Short);
        Assert.That(await CallsAsync("client|id"), Is.EqualTo(before));

        await ReconnectAsync();
        before = await CallsAsync("client|id");
        await _waiter.WaitAsync("w", Short);
        Assert.That(await CallsAsync("client|id"), Is.EqualTo(before + 1));
        await AssertIsInterruptedAsync();
    }

    [NotOnGarnet("it does not say how many clients wait (INFO clients)")]
    [Test]
    public async Task A_wait_under_way_is_interrupted_each_time()
    {
        await AssertIsInterruptedAsync();
        await AssertIsInterruptedAsync();
    }

    [Test]
    public async Task A_wait_is_interrupted_once_the_connection_s_id_is_known()
    {
        await _waiter.WaitAsync("w", Short); // Garnet tells the id only when the wait that was sent with the question has ended
        var wait = _waiter.WaitAsync("w", TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync(
            async () =>
            {
                await _waiter.InterruptAsync();
                return wait.IsCompleted;
            },
            "the wait is interrupted");

        Assert.That(await wait, Is.Null);
    }

    [NotOnGarnet("it knows no CLIENT PAUSE")]
    [Test]
    public async Task An_interrupt_ends_a_wait_that_a_pause_of_writes_held_back_and_Redis_lives_on()
    {
        await _waiter.WaitAsync("w", Short); // its id is known: the interrupt comes while the wait is held back
        await _queue.Queue.ExecuteAsync("CLIENT", "PAUSE", 200, "WRITE");
        var wait = _waiter.WaitAsync("w", TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync(IsHeldBackAsync, "the wait is held back");

        await _waiter.InterruptAsync();

        Assert.That(await wait, Is.Null);
        Assert.That(await _queue.Queue.PingAsync(), Is.GreaterThan(TimeSpan.Zero));
    }

    [NotOnGarnet("it counts no calls of a command (INFO commandstats)")]
    [Test]
    public async Task An_interrupt_that_comes_before_the_wait_ends_it_and_no_other()
    {
        await _waiter.InterruptAsync();

        Assert.That(await _waiter.WaitAsync("w", IReadyWaiter.LongestWait), Is.Null);
        Assert.That(await CallsAsync("blmove"), Is.Zero, "it was not even begun");
        await _waiter.WaitAsync("w", Short);
        Assert.That(await CallsAsync("blmove"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_job_ends_a_wait()
    {
        var wait = _waiter.WaitAsync("w", IReadyWaiter.LongestWait);
        await _queue.PushAsync("job"u8.ToArray());

        Assert.That((await wait)!.Envelope, Is.EqualTo("job"u8.ToArray()));
    }

    private async Task AssertIsInterruptedAsync()
    {
        // For ever, as far as this test is concerned: only the interrupt can end it.
        var wait = _waiter.WaitAsync("w", TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync(async () => await BlockedAsync() > 0, "the wait has begun");
        await _waiter.InterruptAsync();
        Assert.That(await wait, Is.Null);
    }

    private async Task ReconnectAsync()
    {
        var multiplexer = _waiting.Queue.Multiplexer;
        var sockets = multiplexer.GetServers()[0].GetCounters().Interactive.SocketCount;
        var id = (long)await _waiting.Queue.ExecuteAsync("CLIENT", "ID");
        await _queue.Queue.ExecuteAsync("CLIENT", "KILL", "ID", id);
        await Eventually.HoldsAsync(
            () => multiplexer.GetServers()[0].GetCounters().Interactive.SocketCount != sockets && multiplexer.IsConnected);
        await _waiting.Queue.PingAsync();
    }

    private async Task<bool> IsHeldBackAsync() => (await _queue.Queue.Multiplexer.GetServers()[0].ClientListAsync())
        .Any(client => client.FlagsRaw == "b" && client.LastCommand == "blmove");

    private async Task<long> BlockedAsync() => long.Parse(
        (await _queue.Queue.Multiplexer.GetServers()[0].InfoAsync("clients")).SelectMany(section => section)
            .Single(pair => pair.Key == "blocked_clients").Value,
        System.Globalization.CultureInfo.InvariantCulture);

    private Task<long> CallsAsync(string command) => CommandStats.CallsAsync(_queue.Queue.Multiplexer.GetServers()[0], command);
}
