using System.Text;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A whole worker while TaskIQ's own scheduler fires beside ours.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
internal sealed class FiredElsewhereTests
{
    private TestQueue _queue = null!;
    private PythonScheduleBench _bench = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await PythonScheduleBench.QueueAsync();
        _bench = new PythonScheduleBench(_queue);
    }

    [TearDown]
    public async Task TearDown()
    {
        _bench.Dispose();
        await _queue.DisposeAsync();
    }

    [Test]
    public async Task It_runs_every_job_and_warns_of_TaskIQs_scheduler_once()
    {
        Assert.That(await _bench.FireAsync("data:one", PythonEntries.Json("one", interval: 3600, task: "run_canary")), Is.EqualTo(1));
        await using var worker = await WorkerInProcess.StartAsync(WorkerSettings.On(_queue, more: WorkerSettings.Concurrency(1)));
        await UntilAsync(worker, jobs: 1);

        await _queue.PushAsync(Fired('1'), Fired('2'));
        await UntilAsync(worker, jobs: 3);
        await worker.UntilAsync(async () => (int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, FireMarks.Elsewhere) == 2, "both are counted");

        Assert.That(worker.Count("schedule_fired_elsewhere"), Is.EqualTo(1));
    }

    private static Task UntilAsync(WorkerInProcess worker, int jobs) =>
        worker.UntilAsync(() => Task.FromResult(worker.Count("job_succeeded") == jobs), $"{jobs} jobs have succeeded");

    private static byte[] Fired(char digit) => Encoding.UTF8.GetBytes(
        $$$"""{"task_id": "{{{new string(digit, 12)}}}4111a111111111111111", "task_name": "run_canary", "labels": {"schedule_id": "one"}, "labels_types": {"schedule_id": 3}, "args": [], "kwargs": {}}""");
}
