using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A worker whose standard output is a pipe that nobody reads, as Docker's is when its log driver stalls.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class UnreadLogTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue);

    [Test]
    public async Task Jobs_run_and_the_worker_stops_although_nobody_reads_its_log()
    {
        const int jobs = 1_500; // three lines each: several times what the pipe takes
        var redis = (await TestServices.RedisAsync()).ConnectionString;
        await using var worker = ServiceProcess.WorkerThatNobodyReads(WorkerSettings.On(_queue, redis));
        await _queue.PushAsync([.. Enumerable.Range(0, jobs).Select(number => Canary.Envelope($"job {number}"))]);

        await worker.UntilAsync(
            async () => (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded") == jobs, "all have ended");
        var clock = Stopwatch.StartNew();
        var code = await worker.TerminateAsync();

        Assert.That(code, Is.Zero);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
    }
}
