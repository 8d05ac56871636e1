using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Upkeep;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Upkeep;

[Category("Unit")]
internal sealed class ProcessingAuditTests
{
    private WorkerBench _bench = null!;

    [SetUp]
    public void SetUp() => _bench = new WorkerBench();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public Task An_entry_that_is_unknown_twice_is_adopted_once() => WorkerBench.WhileAsync(_bench.Audit, async () =>
    {
        _bench.Execution.Queue.Hold("stranded"u8.ToArray(), _bench.Session.Name);

        _bench.Audit.Request();
        await _bench.LiveAsync(TimeSpan.FromSeconds(8));
        var tooEarly = _bench.Audit.TryAdopt(out _);
        await _bench.LiveUntilAsync(() => _bench.Audit.NextAdopted is not null);

        Assert.That(tooEarly, Is.False, "a reply may still be on its way");
        Assert.That(_bench.Audit.TryAdopt(out var adopted), Is.True);
        Assert.That(adopted!.Envelope, Is.EqualTo("stranded"u8.ToArray()));
        Assert.That(_bench.Audit.TryAdopt(out _), Is.False);
    });

    [Test]
    public Task What_arrives_between_the_two_looks_is_not_adopted() => WorkerBench.WhileAsync(_bench.Audit, async () =>
    {
        var seen = _bench.Execution.Queue.Hold("seen once"u8.ToArray(), _bench.Session.Name);
        _bench.Audit.Request();
        await _bench.LiveAsync(TimeSpan.FromSeconds(2));

        await _bench.Execution.Queue.FinishAsync(seen, "id", "job", [], CancellationToken.None);
        _bench.Execution.Queue.Hold("fetched since"u8.ToArray(), _bench.Session.Name);
        await _bench.LiveAsync(ProcessingAudit.SecondLook);

        Assert.That(_bench.Audit.TryAdopt(out _), Is.False);
    });

    [Test]
    public async Task Of_two_equal_envelopes_only_the_unknown_one_is_found()
    {
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        var envelope = new JobEnvelope { TaskId = "id", TaskName = "run_probe" }.ToUtf8();
        _bench.Slots.Take(int.MaxValue);
        _bench.Runs.Start(_bench.Execution.Queue.Hold(envelope, _bench.Session.Name));
        _bench.Execution.Queue.Hold(envelope, _bench.Session.Name);

        var unknown = await _bench.Audit.FindUnknownAsync(CancellationToken.None);
        release.SetResult(new JobSummary(0, 0, 0));

        Assert.That(unknown, Has.Count.EqualTo(1));
    }
}
