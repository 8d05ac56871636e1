using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Running;

[Category("Unit")]
[NonParallelizable] // the thread pool is the process's
internal sealed class BlockedHandlersTests
{
    [Test]
    public async Task The_pool_gets_threads_for_others_while_handlers_block_and_loses_them_afterwards()
    {
        using var bench = new WorkerBench();
        var release = new TaskCompletionSource<JobSummary>();
        bench.Execution.Probe.Code = (_, _) => Task.FromResult(release.Task.GetAwaiter().GetResult());
        bench.Slots.Take(int.MaxValue);
        var pool = new PoolThreads();
        using var blocked = new BlockedHandlers(
            bench.Running, bench.Execution.Handlers, pool, Options.Create(new WorkerOptions { Concurrency = 4 }), bench.Execution.Time);
        pool.AtLeast(MinThreads() + 3); // as for Sentinels, after the handlers' own watch was made
        var usual = MinThreads();
        bench.Runs.Start(bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        await WorkerBench.UntilAsync(() => bench.Execution.Probe.Runs.Count == 1);

        blocked.Look();
        Assert.That(MinThreads(), Is.EqualTo(usual), "it has only begun");
        bench.Execution.Time.Advance(TimeSpan.FromMilliseconds(60));
        blocked.Look();
        Assert.That(MinThreads(), Is.EqualTo(usual + 2));

        release.SetResult(new JobSummary(0, 0, 0));
        await WorkerBench.UntilAsync(() => bench.Running.Count == 0);
        blocked.Look();
        Assert.That(MinThreads(), Is.EqualTo(usual));
    }

    private static int MinThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        return workers;
    }
}
