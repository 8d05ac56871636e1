using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Leaving;

/// <summary>Each exit, in Redis, does with each held thing what the table says: a job that holds all of them goes out by it.</summary>
[Category("Integration")]
internal sealed class ExitTableTests
{
    private const string Worker = "w";
    private const string Schedule = "nightly";
    private const string TaskId = "held";

    private static readonly byte[] Envelope = "an envelope that is held"u8.ToArray();
    private static readonly byte[] Next = "its next attempt"u8.ToArray();

    private TestQueue _queue = null!;

    public static IEnumerable<TestCaseData> Cells =>
        from exit in Enum.GetValues<ExitKind>() from held in Enum.GetValues<Held>() select new TestCaseData(exit, held);

    private static DeadLetter Letter => new(DeadLetterReason.Failed, "it failed", "job", TaskId, Attempts: 1, Result: "{}"u8.ToArray());

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync(new QueueOptions { ParkSeconds = 0 });

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCaseSource(nameof(Cells))]
    public async Task An_exit_does_with_a_held_thing_what_the_table_says(object exit, object held)
    {
        await LeaveHoldingAllAsync((ExitKind)exit);

        Assert.That(await FateAsync((Held)held), Is.EqualTo(ExitTable.Of((ExitKind)exit, (Held)held)));
    }

    [Test]
    public async Task What_recovery_finds_too_large_gives_up_its_count_as_well()
    {
        await _queue.HoldAsync(Worker, Envelope);
        await HoldAllAsync();
        _queue.Options.MaxEnvelopeBytes = Envelope.Length - 1;

        await _queue.RecoverAsync(Worker);

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await FateAsync(Held.MoveCount), Is.EqualTo(Fate.GivenUp));
    }

    private async Task LeaveHoldingAllAsync(ExitKind exit)
    {
        switch (exit)
        {
            case ExitKind.TooLarge:
                _queue.Options.MaxEnvelopeBytes = Envelope.Length - 1;
                await HoldAllAsync();
                await _queue.RegisterAsync(Worker);
                await _queue.PushAsync(Envelope);
                Assert.That((await _queue.FetchBatchAsync(Worker, 1)).TooLarge, Is.EqualTo(1));
                return;
            case ExitKind.ExpiredWhileParked:
                await _queue.Jobs.ParkAsync((await _queue.HoldAsync(Worker, Envelope))[0], CancellationToken.None);
                await HoldAllAsync();
                var member = (byte[])(await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Parked)).Single()!;
                Assert.That(await _queue.Parked.ExpireAsync(member, Letter with { WatchedBy = Schedule }, CancellationToken.None), Is.True);
                return;
            case ExitKind.Buried:
                await HoldAllAsync();
                await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, Envelope, 1);
                var repairs = new FsckRepairs(_queue.Queue, _queue.Keys, _queue.Options);
                Assert.That(await repairs.BuryAsync(_queue.Keys.Delayed, Envelope, Envelope, "it has no number"), Is.True);
                return;
            default:
                await LeaveAsync(exit, (await _queue.HoldAsync(Worker, Envelope))[0] with { WatchedBy = Schedule });
                return;
        }
    }

    private async Task LeaveAsync(ExitKind exit, Delivery delivery)
    {
        await HoldAllAsync();
        switch (exit)
        {
            case ExitKind.HandedBack:
                Assert.That(await _queue.Jobs.HandBackAsync(Worker, [Envelope], CancellationToken.None), Is.EqualTo(Settlement.Done));
                return;
            case ExitKind.Recovered:
                Assert.That(await _queue.RecoverAsync(Worker), Is.EqualTo(1));
                return;
            default:
                Assert.That(await _queue.Jobs.LeaveAsync(delivery, ExitOf(exit), CancellationToken.None), Is.EqualTo(Settlement.Done));
                return;
        }
    }

    private static Exit ExitOf(ExitKind exit) => exit switch
    {
        ExitKind.Finished => new Exit.Finished(TaskId, "job", "{}"u8.ToArray()),
        ExitKind.Replaced => new Exit.Replaced(TaskId, "job", "{}"u8.ToArray()),
        ExitKind.Retried => new Exit.Retried("job", Next, TimeSpan.FromHours(1)),
        ExitKind.RetriedHanging => new Exit.Retried("job", Next, TimeSpan.FromHours(1), Hangs: true),
        ExitKind.Dead => new Exit.Dead(Letter),
        ExitKind.Parked => new Exit.Parked(),
        ExitKind.GivenBack => new Exit.GivenBack(),
        ExitKind.GivenBackHanging => new Exit.GivenBack(Hangs: true),
        _ => throw new ArgumentOutOfRangeException(nameof(exit), exit, "Nobody here takes a job out so."),
    };

    private async Task HoldAllAsync()
    {
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, EnvelopeHash.Of(Envelope), 1);
        await _queue.Queue.StringSetAsync(_queue.Keys.LastRun(Schedule), TaskId, TimeSpan.FromMinutes(1));
    }

    private async Task<Fate> FateAsync(Held held)
    {
        if (held == Held.OverlapRun)
        {
            return await _queue.Queue.KeyExistsAsync(_queue.Keys.LastRun(Schedule)) ? Fate.Kept : Fate.GivenUp;
        }

        return await HasCountAsync(Next) ? Fate.Moved : await HasCountAsync(Envelope) ? Fate.Kept : Fate.GivenUp;
    }

    private Task<bool> HasCountAsync(byte[] envelope) => _queue.Queue.HashExistsAsync(_queue.Keys.Suspects, EnvelopeHash.Of(envelope));
}
