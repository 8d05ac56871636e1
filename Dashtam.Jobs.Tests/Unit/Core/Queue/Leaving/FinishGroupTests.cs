using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leaving;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Leaving;

[Category("Unit")]
[CancelAfter(60_000)]
internal sealed class FinishGroupTests
{
    private readonly List<string[]> _sent = [];

    [Test]
    public async Task A_job_that_ends_alone_is_settled_alone()
    {
        var group = new FinishGroup(Record);

        Assert.That(await group.FinishAsync(Job("1")), Is.EqualTo(Settlement.Done));
        Assert.That(await group.FinishAsync(Job("2")), Is.EqualTo(Settlement.Done));

        Assert.That(_sent, Is.EqualTo(new[] { new[] { "1" }, new[] { "2" } }));
    }

    [Test]
    public async Task What_ends_while_a_script_is_under_way_goes_together_with_the_next()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var group = new FinishGroup(async together =>
        {
            reached.TrySetResult();
            await goOn.Task;
            return await Record(together);
        });

        var first = group.FinishAsync(Job("1"));
        await reached.Task;
        Task[] others = [group.FinishAsync(Job("2")), group.FinishAsync(Job("3"))];
        goOn.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.That(_sent, Is.EqualTo(new[] { new[] { "1" }, ["2", "3"] }));
    }

    [Test]
    public async Task Jobs_of_two_incarnations_are_settled_apart_and_each_gets_its_own_answer()
    {
        var goOn = new TaskCompletionSource();
        var group = new FinishGroup(async together =>
        {
            await goOn.Task;
            await Record(together);
            return [.. together.Select(job => job.Delivery.Worker == "new" ? Settlement.Done : Settlement.Fenced)];
        });

        var settled = Task.WhenAll(new[] { Job("1", "old"), Job("2", "new"), Job("3", "old") }.Select(group.FinishAsync));
        goOn.SetResult();

        Assert.That(await settled, Is.EqualTo(new[] { Settlement.Fenced, Settlement.Done, Settlement.Fenced }));
        Assert.That(_sent, Has.All.Length.EqualTo(1));
    }

    [Test]
    public async Task A_script_stays_short_however_many_wait()
    {
        var goOn = new TaskCompletionSource();
        var (underWay, most) = (0, 0);
        var full = new TaskCompletionSource();
        var group = new FinishGroup(async together =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            if (most == FinishGroup.MostInFlight)
            {
                full.TrySetResult();
            }

            await goOn.Task;
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            return await Record(together);
        });

        var settled = Task.WhenAll(Enumerable.Range(0, 1_000).Select(number => group.FinishAsync(Job($"{number}"))));
        await full.Task;
        goOn.SetResult();
        await settled;

        Assert.That(_sent, Has.All.Length.LessThanOrEqualTo(FinishGroup.MostJobs));
        Assert.That(_sent.SelectMany(together => together), Is.EquivalentTo(Enumerable.Range(0, 1_000).Select(number => $"{number}")));
        Assert.That(most, Is.EqualTo(FinishGroup.MostInFlight));
    }

    [Test]
    public async Task Each_job_of_a_script_that_failed_is_told_so_and_the_next_ones_go_on()
    {
        var group = new FinishGroup(together => _sent.Count == 0
            ? Fail(together)
            : Record(together));

        Assert.That(async () => await group.FinishAsync(Job("1")), Throws.TypeOf<TimeoutException>());
        Assert.That(await group.FinishAsync(Job("1")), Is.EqualTo(Settlement.Done));
    }

    private async Task<Settlement[]> Fail(IReadOnlyList<FinishedJob> together)
    {
        await Record(together);
        throw new TimeoutException();
    }

    private Task<Settlement[]> Record(IReadOnlyList<FinishedJob> together)
    {
        lock (_sent)
        {
            _sent.Add([.. together.Select(job => job.TaskId)]);
        }

        return Task.FromResult(together.Select(_ => Settlement.Done).ToArray());
    }

    private static FinishedJob Job(string id, string worker = "w") => new(new Delivery([1], worker), [], "counter", [2], id);
}
