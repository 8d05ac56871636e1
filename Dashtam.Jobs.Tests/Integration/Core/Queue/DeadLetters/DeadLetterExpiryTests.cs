using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.DeadLetters;

[Category("Integration")]
[OnEachServer]
internal sealed class DeadLetterExpiryTests
{
    private static readonly long Now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private static readonly long Old = Now - (long)TimeSpan.FromDays(7.1).TotalMilliseconds;
    private static readonly long Young = Now - (long)TimeSpan.FromDays(6.9).TotalMilliseconds;

    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync(new QueueOptions { DeadMaxDays = 7 });

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task Dead_letters_that_are_too_old_go_the_others_stay_and_the_books_are_right()
    {
        await _queue.AddDeadLetterAsync("old", Old);
        await _queue.AddDeadLetterAsync("older", Old - 1);
        await _queue.AddDeadLetterAsync("young", Young);

        var expired = await _queue.Expiry.ExpireAsync(CancellationToken.None);
        var again = await _queue.Expiry.ExpireAsync(CancellationToken.None);

        Assert.That((expired.Removed, again.Removed), Is.EqualTo((2, 0)));
        Assert.That(expired.Names, Is.EqualTo(["older", "old"]));
        Assert.That((long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "dead:expired"), Is.EqualTo(2));
        Assert.That((string?)(await _queue.Queue.HashGetAllAsync(_queue.Keys.DeadEntries)).Single().Value, Does.Contain("young"));
        Assert.That((await new FsckBench(_queue, new LeaseOptions()).RunAsync()).Findings, Is.Empty);
    }

    [Test]
    public async Task Several_processes_remove_and_count_each_once()
    {
        for (var number = 0; number < 50; number++)
        {
            await _queue.AddDeadLetterAsync($"{number}", Old);
        }

        var expired = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _queue.Expiry.ExpireAsync(CancellationToken.None)));

        Assert.That(expired.Sum(one => one.Removed), Is.EqualTo(50));
        Assert.That(expired.Max(one => one.Names.Count), Is.EqualTo(DeadLetterExpiry.Named));
        Assert.That((long)await _queue.Queue.StringGetAsync(_queue.Keys.DeadBytes), Is.Zero);
    }

    [Test]
    public async Task One_call_removes_a_bounded_number()
    {
        await _queue.Queue.SortedSetAddAsync(
            _queue.Keys.Dead,
            [.. Enumerable.Range(0, DeadLetterExpiry.RemovedAtOnce + 1).Select(number => new SortedSetEntry(number, Old))]);

        Assert.That((await _queue.Expiry.ExpireAsync(CancellationToken.None)).Removed, Is.EqualTo(DeadLetterExpiry.RemovedAtOnce));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
    }

    [Test]
    public async Task An_entry_that_is_large_or_no_letter_of_ours_is_named_by_its_number()
    {
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Dead, "4711", Old);
        await _queue.Queue.HashSetAsync(_queue.Keys.DeadEntries, "4711", "no JSON at all");
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Dead, "4712", Old + 1);
        await _queue.Queue.HashSetAsync(_queue.Keys.DeadEntries, "4712", new string('x', 300_000));
        await _queue.Queue.StringSetAsync(_queue.Keys.DeadBytes, 300_014);

        var expired = await _queue.Expiry.ExpireAsync(CancellationToken.None);

        Assert.That(expired.Names, Is.EqualTo(["number 4711", "number 4712"]));
        Assert.That((long)await _queue.Queue.StringGetAsync(_queue.Keys.DeadBytes), Is.Zero);
    }

    [TestCase(-400)]
    [TestCase(400)]
    public async Task A_clock_that_is_ahead_removes_nothing_before_its_time(int daysOff)
    {
        // Ahead of Redis' clock, or behind it, which is then the one that is ahead.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(daysOff));
        var since = daysOff > 0 ? Young : Now + (long)TimeSpan.FromDays(daysOff - 6.9).TotalMilliseconds;
        await _queue.AddDeadLetterAsync("young", since);

        var expired = await new DeadLetterExpiry(_queue, _queue.Keys, Options.Create(_queue.Options), time)
            .ExpireAsync(CancellationToken.None);

        Assert.That(expired.Removed, Is.Zero);
    }
}
