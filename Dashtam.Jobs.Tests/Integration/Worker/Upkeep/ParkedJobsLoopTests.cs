using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Worker.Upkeep;

[Category("Integration")]
internal sealed class ParkedJobsLoopTests
{
    [Test]
    public async Task A_job_that_a_clock_parked_in_the_future_hides_none_that_are_parked_now()
    {
        await using var queue = await TestQueue.CreateAsync();
        using var bench = new WorkerBench();
        using var loop = new ParkedJobsLoop(
            queue.Parked, bench.Execution.Catalog, Options.Create(new QueueOptions()), NullLogger<ParkedJobsLoop>.Instance);
        var now = await queue.Ledger.GetTimeAsync(CancellationToken.None);
        var unknown = new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "run_nobody" }.ToUtf8();
        await ParkAsync(queue, 1, unknown, now.AddHours(1));
        loop.Request(now);
        await loop.UnparkKnownAsync(CancellationToken.None);

        await ParkAsync(queue, 2, WorkerBench.Envelope(), now.AddSeconds(1));
        loop.Request(now.AddSeconds(5));
        await loop.UnparkKnownAsync(CancellationToken.None);

        Assert.That(await queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await queue.Queue.SortedSetLengthAsync(queue.Keys.Parked), Is.EqualTo(1));
    }

    [Test]
    public async Task A_job_that_was_parked_under_Python_s_name_is_logged_under_its_own()
    {
        await using var queue = await TestQueue.CreateAsync();
        using var log = new LogLines();
        using var loop = new ParkedJobsLoop(
            queue.Parked,
            new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance),
            Options.Create(new QueueOptions()),
            log.Factory.CreateLogger<ParkedJobsLoop>());
        var fire = new JobEnvelope { TaskId = "fire", TaskName = "dashtam_jobs.tasks.tokens:check_expiring_tokens" };
        await ParkAsync(queue, 1, fire.ToUtf8(), await queue.Ledger.GetTimeAsync(CancellationToken.None));

        await loop.UnparkKnownAsync(CancellationToken.None);

        Assert.That(await queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(log.Single().GetProperty("event").GetString(), Is.EqualTo("job_unparked"));
        Assert.That(log.Single().GetProperty("job").GetString(), Is.EqualTo("check_expiring_tokens"));
    }

    private static Task ParkAsync(TestQueue queue, int number, byte[] envelope, DateTimeOffset since) =>
        queue.Queue.SortedSetAddAsync(queue.Keys.Parked, FsckBench.Member(number, envelope), since.ToUnixTimeMilliseconds());
}
