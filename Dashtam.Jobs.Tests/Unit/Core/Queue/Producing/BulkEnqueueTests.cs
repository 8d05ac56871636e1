using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Producing;

[Category("Unit")]
internal sealed class BulkEnqueueTests
{
    private readonly List<EnqueuedJob[]> _sent = [];
    private readonly List<string> _admitted = [];
    private readonly Queue<TaskCompletionSource<int[]>> _replies = new();

    [Test]
    public async Task Many_small_jobs_go_in_chunks_each_of_which_is_admitted_once()
    {
        var result = await RunAsync(Jobs(1_203), () => Task.FromResult<int[]>([]));

        Assert.That(_sent.Select(chunk => chunk.Length), Is.EqualTo(new[] { 500, 500, 203 }));
        Assert.That(_admitted, Is.EqualTo(new[] { "0", "500", "1000" }));
        Assert.That(result.Enqueued, Is.EqualTo(Jobs(1_203).Select(job => job.TaskId)));
        Assert.That(result.Duplicates, Is.Empty);
    }

    [Test]
    public async Task Large_jobs_go_in_small_chunks_and_one_that_is_larger_than_a_chunk_goes_alone()
    {
        await RunAsync([Job("a", 100_000), Job("b", 100_000), Job("c", 100_000), Job("d", 300_000), Job("e", 1)],
            () => Task.FromResult<int[]>([]));

        Assert.That(
            _sent.Select(chunk => string.Concat(chunk.Select(job => job.TaskId))), Is.EqualTo(new[] { "ab", "c", "d", "e" }));
    }

    [Test]
    public async Task Few_chunks_are_in_flight_at_once()
    {
        var bulk = RunAsync(Jobs(500 * (BulkEnqueue.MostInFlight + 2)), Reply);
        Assert.That(_sent, Has.Count.EqualTo(BulkEnqueue.MostInFlight));

        _replies.Dequeue().SetResult([]);
        Assert.That(_sent, Has.Count.EqualTo(BulkEnqueue.MostInFlight + 1));

        while (_replies.TryDequeue(out var reply))
        {
            reply.SetResult([]);
        }

        Assert.That((await bulk).Enqueued, Has.Count.EqualTo(500 * (BulkEnqueue.MostInFlight + 2)));
    }

    [Test]
    public async Task After_a_chunk_that_failed_none_is_sent_and_each_id_is_told_in_one_of_the_lists()
    {
        var bulk = RunAsync([.. Jobs(500 * (BulkEnqueue.MostInFlight + 1)), Job("0", 1)], Reply);
        _replies.Dequeue().SetResult([2]);
        _replies.Dequeue().SetException(new EnqueueException("500", "why"));
        _replies.Dequeue().SetException(new EnqueueOutcomeUnknownException("1000", new TimeoutException()));
        _replies.Dequeue().SetException(new DurabilityNotReachedException("1500", Durability.Replicated(1), acknowledged: 0));
        while (_replies.TryDequeue(out var rest))
        {
            rest.SetResult([]); // was sent before the failure was seen
        }

        var error = (await Assert.ThrowsAsync<BulkEnqueueException>(() => bulk))!;

        Assert.That(error.InnerException, Is.InstanceOf<EnqueueException>().With.Message.Contains("why"));
        Assert.That(error.Duplicates, Is.EqualTo(new[] { "1", "0" }), "the id that was given again, too");
        Assert.That((error.Enqueued[0], error.Enqueued[1]), Is.EqualTo(("0", "2")));
        Assert.That(error.NotEnqueued, Has.Count.EqualTo(500).And.All.Matches<string>(id => Number(id) is >= 500 and < 1_000));
        Assert.That(error.Unknown, Has.Count.EqualTo(500).And.All.Matches<string>(id => Number(id) is >= 1_000 and < 1_500));
        Assert.That(error.NotDurable, Has.Count.EqualTo(500).And.All.Matches<string>(id => Number(id) is >= 1_500 and < 2_000));
        Assert.That(error.Message, Does.Contain("enqueued or not: 500, not enqueued: 500)").And.Contain("why"));
    }

    [Test]
    public async Task Without_room_for_a_later_chunk_what_was_sent_before_is_told()
    {
        var full = new QueueFullException("500", usedPercent: 99, "full");

        var error = (await Assert.ThrowsAsync<BulkEnqueueException>(() => ToOne(Jobs(800)).RunAsync(
            (_, id) => id == "0" ? Task.CompletedTask : Task.FromException(full), (_, _) => Task.FromResult<int[]>([]))))!;

        Assert.That(error.InnerException, Is.SameAs(full));
        Assert.That((error.Enqueued.Count, error.NotEnqueued.Count), Is.EqualTo((500, 300)));
    }

    [Test]
    public void What_is_cancelled_before_anything_was_sent_is_a_cancellation_and_nothing_else() => Assert.That(
        () => ToOne(Jobs(800)).RunAsync(
            (_, _) => Task.CompletedTask, (_, _) => Task.FromException<int[]>(new OperationCanceledException())),
        Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public async Task A_cancellation_in_flight_is_the_error_s_reason()
    {
        var cancelled = new OperationCanceledException();

        var error = (await Assert.ThrowsAsync<BulkEnqueueException>(() => ToOne(Jobs(1)).RunAsync(
            (_, _) => Task.CompletedTask, (_, _) => Task.FromException<int[]>(new EnqueueOutcomeUnknownException("0", cancelled)))))!;

        Assert.That(error.InnerException, Is.SameAs(cancelled));
        Assert.That(error.Unknown, Is.EqualTo(new[] { "0" }));
    }

    [Test]
    public void A_missing_envelope_is_named() => Assert.That(
        () => ToOne([Job("a", 1), null!]), Throws.ArgumentException.With.Message.Contains("Envelope 1 is null"));

    [Test]
    public async Task Nothing_is_no_error()
    {
        var result = await RunAsync([], () => throw new InvalidOperationException("nothing may be sent"));

        Assert.That((result.Enqueued.Count, result.Duplicates.Count), Is.EqualTo((0, 0)));
    }

    private static BulkEnqueue ToOne(IReadOnlyCollection<JobEnvelope> jobs) => new(jobs, _ => "jobs");

    private Task<BulkEnqueueResult> RunAsync(IReadOnlyCollection<JobEnvelope> jobs, Func<Task<int[]>> reply) =>
        ToOne(jobs).RunAsync(
            (_, id) =>
            {
                _admitted.Add(id);
                return Task.CompletedTask;
            },
            (_, chunk) =>
            {
                _sent.Add(chunk.ToArray());
                return reply();
            });

    private Task<int[]> Reply()
    {
        var reply = new TaskCompletionSource<int[]>();
        _replies.Enqueue(reply);
        return reply.Task;
    }

    private static int Number(string? id) => int.Parse(id!, CultureInfo.InvariantCulture);

    private static JobEnvelope[] Jobs(int count) =>
        [.. Enumerable.Range(0, count).Select(n => Job(n.ToString(CultureInfo.InvariantCulture), 1))];

    private static JobEnvelope Job(string id, int bytes) => new()
    {
        TaskId = id,
        TaskName = "run_canary",
        Arguments = JobArguments.From(new { Payload = new string('x', bytes) }),
    };
}
