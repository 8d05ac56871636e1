using System.Text;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;
using NUnit.Framework.Constraints;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Producing;

/// <summary>One producer, several queues on one server.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class SeveralQueuesTests
{
    private TestQueue _queue = null!; // made by SetUp
    private JobQueue _reports = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _reports = _queue.Get($"{_queue.Options.Name}-reports");
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task The_options_name_the_queue_that_a_job_goes_to()
    {
        var enqueued = await EnqueueAsync(Job("one"), _reports.Name);

        Assert.That(enqueued, Is.True);
        Assert.That((await IdsAsync(_reports), await _queue.ReadyAsync()), Is.EqualTo((new[] { "one" }, 0L)));
    }

    [Test]
    public async Task A_delayed_job_waits_in_the_queue_that_the_options_name()
    {
        await _queue.Producer.EnqueueAsync(
            Job("one"), new EnqueueOptions { Queue = _reports.Name, Delay = TimeSpan.FromHours(1) }, CancellationToken.None);

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_reports.Keys.Delayed), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.Zero);
    }

    [Test]
    public async Task A_message_of_TaskIQ_goes_byte_for_byte_to_the_queue_that_its_label_names()
    {
        var text = WireFixtures.Text("message-label-queue-name-lands-on-other-list.json")
            .Replace("other:queue", _reports.Name, StringComparison.Ordinal);

        await EnqueueAsync(WireFixtures.Parse(Encoding.UTF8.GetBytes(text)), queue: null);

        Assert.That((string?)await _queue.Queue.ListGetByIndexAsync(_reports.Keys.Ready, 0), Is.EqualTo(text));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task The_options_come_before_the_label()
    {
        await EnqueueAsync(Job("one", label: $"{_queue.Options.Name}-other"), _reports.Name);

        Assert.That(await IdsAsync(_reports), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public async Task A_label_without_a_name_is_no_queue()
    {
        await EnqueueAsync(Job("one", label: ""), queue: null);

        Assert.That(await IdsAsync(_queue.Default), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public async Task An_id_is_enqueued_once_in_each_queue()
    {
        Assert.That(await EnqueueAsync(Job("one"), queue: null), Is.True);
        Assert.That(await EnqueueAsync(Job("one"), _reports.Name), Is.True);

        Assert.That(await EnqueueAsync(Job("one"), _reports.Name), Is.False);
        Assert.That((await _queue.ReadyAsync(), (await IdsAsync(_reports)).Length), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_bulk_is_split_by_queue_and_keeps_the_order_in_each()
    {
        await EnqueueAsync(Job("1"), _reports.Name);
        JobEnvelope[] jobs = [.. Enumerable.Range(0, 1_200).Select(i => Job($"{i}", label: i % 2 == 1 ? _reports.Name : null))];

        var result = await _queue.Producer.EnqueueManyAsync(jobs, EnqueueOptions.Default, CancellationToken.None);

        Assert.That(result.Duplicates, Is.EqualTo(new[] { "1" }), "known in the queue that it goes to");
        Assert.That(result.Enqueued, Is.EqualTo(jobs.Select(job => job.TaskId).Where(id => id != "1")), "in the order given");
        Assert.That(await IdsAsync(_queue.Default), Is.EqualTo(Enumerable.Range(0, 600).Select(i => $"{2 * i}")));
        Assert.That(await IdsAsync(_reports), Is.EqualTo(Enumerable.Range(0, 600).Select(i => $"{(2 * i) + 1}")));
    }

    [TestCase("two{queues}")]
    [TestCase("")]
    [TestCase("line\nfeed")]
    public async Task A_name_that_no_queue_may_have_is_refused_before_anything_is_sent(string name)
    {
        await Assert.ThatAsync(() => EnqueueAsync(Job("one"), name), Refused);
        await Assert.ThatAsync(
            async () => await _queue.Producer.EnqueueManyAsync([Job("a")], new EnqueueOptions { Queue = name }, CancellationToken.None), Refused);
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task One_bad_label_keeps_the_whole_bulk_out()
    {
        await Assert.ThatAsync(
            async () => await _queue.Producer.EnqueueManyAsync([Job("a"), Job("b", label: "{}")], EnqueueOptions.Default, CancellationToken.None),
            Refused);
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task An_id_for_two_queues_is_refused_and_both_are_named()
    {
        JobEnvelope[] jobs = [Job("a"), Job("a", label: _reports.Name)];

        await Assert.ThatAsync(
            async () => await _queue.Producer.EnqueueManyAsync(jobs, EnqueueOptions.Default, CancellationToken.None),
            Throws.ArgumentException.With.Message.Contains($"two queues, {_queue.Options.Name} and {_reports.Name}"));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task Results_of_another_queue_are_found_in_it()
    {
        var result = JobResult.Success(new JobSummary(1, 1, 0), TimeSpan.Zero, JobLabels.Empty).ToUtf8();
        await _queue.Queue.StringSetAsync(_reports.Keys.Result("one"), result);

        Assert.That((await _queue.Results.InQueue(_reports.Name).FindAsync("one", CancellationToken.None))?.IsSuccess, Is.True);
        Assert.That(await _queue.Results.FindAsync("one", CancellationToken.None), Is.Null, "the prefix has the queue in it");
    }

    private static Constraint Refused =>
        Throws.ArgumentException.With.Message.Contains(QueueName.Rule);

    private Task<bool> EnqueueAsync(JobEnvelope job, string? queue) =>
        _queue.Producer.EnqueueAsync(job, new EnqueueOptions { Queue = queue }, CancellationToken.None);

    private static JobEnvelope Job(string id, string? label = null) => new()
    {
        TaskId = id,
        TaskName = "run_canary",
        Labels = label is null ? JobLabels.Empty : JobLabels.Empty.With("queue_name", label),
    };

    /// <summary>The first that was enqueued first.</summary>
    private async Task<string[]> IdsAsync(JobQueue queue)
    {
        var jobs = await _queue.Queue.ListRangeAsync(queue.Keys.Ready);
        return [.. jobs.Reverse().Select(job => WireFixtures.Parse((byte[])job!).TaskId)];
    }
}
