using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Parked;

[Category("Integration")]
[OnEachServer]
internal sealed class ParkedJobsTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync(new QueueOptions { ParkSeconds = 60 });

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_parked_job_ends_when_its_time_is_up_and_its_producer_is_told()
    {
        var member = await ParkAsync("id");
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Parked, member, 1); // since 1970

        var expired = await _queue.Parked.ExpireAsync(member, Letter("id"), CancellationToken.None);
        var again = await _queue.Parked.ExpireAsync(member, Letter("id"), CancellationToken.None);

        var number = (await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Dead)).Single();
        var entry = (string)(await _queue.Queue.HashGetAsync(_queue.Keys.DeadEntries, number))!;
        Assert.That((expired, again), Is.EqualTo((true, false)));
        Assert.That(entry, Does.Contain("unknown_job").And.Contain("JOBS_PARK_SECONDS")
            .And.EndsWith(Encoding.UTF8.GetString(Envelope("id").ToUtf8())));
        Assert.That((string?)await _queue.Queue.StringGetAsync(_queue.Keys.Result("id")), Does.Contain("UnknownJobError"));
        Assert.That(await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.Result("id")), Is.Not.Null);
    }

    [Test]
    public async Task One_whose_time_is_not_up_stays()
    {
        var member = await ParkAsync("id");

        Assert.That(await _queue.Parked.ExpireAsync(member, Letter("id"), CancellationToken.None), Is.False);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.EqualTo(1));
    }

    [Test]
    public async Task A_job_for_which_there_are_no_bytes_left_is_refused_like_one_too_many_until_another_has_gone()
    {
        var held = await _queue.HoldAsync("w", [.. "abcd".Select(id => Envelope($"{id}").ToUtf8())]);
        var size = held[0].Envelope.Length;
        _queue.Options.ParkedMaxBytes = (2 * size) + 1;

        var answers = new List<Settlement>();
        foreach (var delivery in held.Take(3))
        {
            answers.Add(await _queue.Jobs.ParkAsync(delivery, CancellationToken.None));
        }

        Assert.That(answers, Is.EqualTo([Settlement.Done, Settlement.Done, Settlement.Full]));
        Assert.That(await BytesAsync(), Is.EqualTo(2 * size));

        var parked = await _queue.Parked.ListAsync(double.NegativeInfinity, 0, 10, CancellationToken.None);
        await _queue.Parked.UnparkAsync(parked[0].Member, CancellationToken.None);
        Assert.That(await BytesAsync(), Is.EqualTo(size));
        Assert.That(await _queue.Jobs.ParkAsync(held[2], CancellationToken.None), Is.EqualTo(Settlement.Done));

        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Parked, parked[1].Member, 1); // since 1970
        await _queue.Parked.ExpireAsync(parked[1].Member, Letter("b"), CancellationToken.None);
        Assert.That(await BytesAsync(), Is.EqualTo(size));
    }

    [TestCase("1000000000000")]
    [TestCase("-7")]
    [TestCase("nonsense")]
    public async Task A_counter_of_bytes_that_is_wrong_comes_right_when_nothing_is_parked_any_more(string wrong)
    {
        await _queue.Queue.StringSetAsync(_queue.Keys.ParkedBytes, wrong);

        var member = await ParkAsync("id");

        Assert.That(await BytesAsync(), Is.EqualTo(Envelope("id").ToUtf8().Length));
        await _queue.Parked.UnparkAsync(member, CancellationToken.None);
        Assert.That(await BytesAsync(), Is.Zero);
    }

    [Test]
    public async Task A_counter_of_bytes_that_is_something_else_keeps_no_job_from_being_parked_or_run()
    {
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.ParkedBytes, "no counter");

        var member = await ParkAsync("id");

        Assert.That(await _queue.Parked.UnparkAsync(member, CancellationToken.None), Is.True);
    }

    private async Task<long> BytesAsync() => (long)await _queue.Queue.StringGetAsync(_queue.Keys.ParkedBytes);

    private async Task<byte[]> ParkAsync(string taskId)
    {
        var delivery = (await _queue.HoldAsync("w", Envelope(taskId).ToUtf8()))[0];
        await _queue.Jobs.ParkAsync(delivery, CancellationToken.None);
        return (await _queue.Parked.ListAsync(double.NegativeInfinity, 0, 10, CancellationToken.None))[0].Member;
    }

    private static JobEnvelope Envelope(string taskId) => new() { TaskId = taskId, TaskName = "run_nobody" };

    private static DeadLetter Letter(string taskId) =>
        Rejections.UnknownJob(Envelope(taskId), "it was parked for 60 s (JOBS_PARK_SECONDS)");
}
