using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Results;

[Category("Integration")]
[CancelAfter(60_000)]
[OnEachServer]
internal sealed class RedisJobResultsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TestQueue _queue = null!; // made by SetUp

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public ValueTask TearDown() => _queue.DisposeAsync();

    [Test]
    public async Task What_has_not_ended_has_no_result() =>
        Assert.That(await _queue.Results.FindAsync("one", CancellationToken.None), Is.Null);

    [Test]
    public async Task A_result_that_is_there_is_found_at_once()
    {
        await WriteAsync("one", Success);

        var reply = await _queue.Results.WaitAsync("one", Patience, CancellationToken.None);

        Assert.That(reply.ReturnValue.GetProperty("processed").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_job_that_ends_later_is_waited_for()
    {
        var waits = _queue.Results.WaitAsync("one", Patience, CancellationToken.None);
        await WriteAsync("another", Failure);
        await WriteAsync("one", Success);

        Assert.That((await waits).IsSuccess, Is.True);
    }

    [Test]
    public async Task A_failure_is_a_reply()
    {
        await WriteAsync("one", Failure);

        var reply = await _queue.Results.WaitAsync("one", Patience, CancellationToken.None);

        Assert.That(reply.Error?.Messages, Is.EqualTo(["no such user"]));
    }

    [Test]
    public async Task A_wait_ends_at_its_timeout_and_says_what_to_look_at()
    {
        var error = (await Assert.ThrowsAsync<JobResultTimeoutException>(
            () => _queue.Results.WaitAsync("one", TimeSpan.FromSeconds(0.5), CancellationToken.None)))!;

        Assert.That((error.TaskId, error.Timeout), Is.EqualTo(("one", TimeSpan.FromSeconds(0.5))));
        Assert.That(error.Message, Does.Contain("none within 0.5 s").And.Contain("JOB_RESULT_PREFIX"));
    }

    [Test]
    public void A_wait_that_is_cancelled_ends()
    {
        using var caller = new CancellationTokenSource();
        var waits = _queue.Results.WaitAsync("one", Patience, caller.Token);

        caller.Cancel();

        Assert.That(async () => await waits, Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_is_no_result_ends_the_wait(bool isList)
    {
        var key = _queue.Keys.Result("one");
        await (isList ? _queue.Queue.ListLeftPushAsync(key, "x") : (Task)_queue.Queue.StringSetAsync(key, "x"));

        Assert.That(
            () => _queue.Results.WaitAsync("one", Patience, CancellationToken.None),
            Throws.TypeOf<JobResultException>().With.Message.StartsWith("The result of job one cannot be read: "));
        Assert.That(() => _queue.Results.FindAsync("one", CancellationToken.None), Throws.TypeOf<JobResultException>());
    }

    [Test]
    public void An_id_that_no_job_can_have_and_a_wait_of_no_time_are_refused()
    {
        Assert.That(() => _queue.Results.FindAsync(new string('x', 1_025), CancellationToken.None), Throws.ArgumentException);
        Assert.That(
            () => _queue.Results.WaitAsync("one", TimeSpan.Zero, CancellationToken.None), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static JobResult Success =>
        JobResult.Success(new JobSummary(Checked: 3, Processed: 2, Errors: 0), TimeSpan.FromSeconds(1), JobLabels.Empty);

    private static JobResult Failure =>
        JobResult.Failure(new JobError("ValueError", ["no such user"], "builtins"), TimeSpan.Zero, JobLabels.Empty);

    private Task WriteAsync(string taskId, JobResult result) =>
        _queue.Queue.StringSetAsync(_queue.Keys.Result(taskId), result.ToUtf8());
}
