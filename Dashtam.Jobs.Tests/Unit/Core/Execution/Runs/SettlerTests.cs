using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Runs;

[Category("Unit")]
internal sealed class SettlerTests
{
    private static readonly RedisServerException Refused =
        new(RedisErrorKind.Unknown, CommandFlags.None, "MISCONF Redis is configured to save");

    /// <summary>The shortest pause between two tries.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private FakeTimeProvider _time = null!;
    private LogLines _log = null!;
    private Settler _settler = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new FakeTimeProvider();
        _log = new LogLines();
        _settler = new Settler(_time, _log.Factory.CreateLogger<Settler>());
    }

    [TearDown]
    public void TearDown() => _log.Dispose();

    [Test]
    public async Task A_problem_of_many_settlements_is_said_once_and_then_seldom()
    {
        Exception? problem = Refused;
        var settlements = Enumerable.Range(0, 10)
            .Select(_ => _settler.SettleAsync(
                _ => problem is null ? Task.FromResult(Settlement.Done) : Task.FromException<Settlement>(problem), default))
            .ToList();

        await PassAsync(TimeSpan.FromSeconds(9));
        Assert.That(Said("settlement_repeated"), Is.EqualTo(1));

        await PassAsync(TimeSpan.FromMinutes(4));
        Assert.That(Said("settlement_repeated"), Is.InRange(2, 5), "after 10 s, and then 20, 40 and 80 s more");
        Assert.That(_log.Lines[^1], Does.Contain("jobs that wait: 10,"));

        problem = null;

        Assert.That(await _time.AdvanceUntilEndAsync(Task.WhenAll(settlements), Pause), Is.All.EqualTo(Settlement.Done));
        Assert.That(Said("settlement_resumed"), Is.EqualTo(1));
    }

    [Test]
    public async Task Another_problem_is_said_at_once()
    {
        Exception problem = Refused;
        _ = _settler.SettleAsync(_ => Task.FromException<Settlement>(problem), default);
        await PassAsync(TimeSpan.FromSeconds(3));

        problem = new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, "OOM command not allowed");
        await PassAsync(TimeSpan.FromSeconds(3));

        Assert.That(Said("settlement_repeated"), Is.EqualTo(2));
        Assert.That(_log.Lines[^1], Does.Contain("OOM command not allowed"));
    }

    [Test]
    public async Task Lack_of_memory_is_a_reason_to_try_again()
    {
        var tries = 0;
        var settlement = _settler.SettleAsync(
            _ => ++tries < 3 ? Task.FromException<Settlement>(new InsufficientMemoryException()) : Task.FromResult(Settlement.Done), default);

        Assert.That(await _time.AdvanceUntilEndAsync(settlement, Pause), Is.EqualTo(Settlement.Done));
    }

    private int Said(string eventName) => _log.Count(eventName);

    /// <summary>Moves the clock, by half of the longest pause at a time: each try is made within a second of when it is due.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1); // for other threads to get there
        }
    }
}
