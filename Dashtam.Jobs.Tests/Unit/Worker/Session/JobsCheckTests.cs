using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Session;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Session;

[Category("Unit")]
internal sealed class JobsCheckTests
{
    private readonly FakeWorkerJobs _workers = new();
    private WorkerBench _bench = null!;

    [SetUp]
    public void SetUp() => _bench = new WorkerBench();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task Jobs_that_only_one_side_knows_are_named_once()
    {
        _workers.Jobs.UnionWith(["run_probe", "sync_all"]);

        await LookAsync();

        var line = _bench.Log.Single();
        Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("workers_uneven"));
        Assert.That(line.GetProperty("message").GetString(), Does.Contain("only this worker knows: run_once.").And.Contain("only other workers know: sync_all."));
    }

    [Test]
    public async Task Workers_that_know_the_same_jobs_are_not_told_of()
    {
        _workers.Jobs.UnionWith(["run_probe", "run_once"]);

        await LookAsync();

        Assert.That(_bench.Log.Lines, Is.Empty);
    }

    private async Task LookAsync()
    {
        using var check = new JobsCheck(_workers, _bench.Session, _bench.Execution.Catalog, _bench.Log.Factory.CreateLogger<JobsCheck>());
        await _bench.Session.RegisterAsync(CancellationToken.None);
        await check.StartAsync(CancellationToken.None);
        await check.ExecuteTask!;
    }
}
