using System.Text;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Progress;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Progress;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JobProgressTests
{
    private const string Meta = """{"done":1,"of":4,"note":"żółć"}""";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeProgressStore _store = new();

    private JobProgress Progress => field ??= new(_store, new Delivery([], "w"), "id", _time);

    [Test]
    public async Task A_state_without_meta_keeps_the_former_meta_and_both_are_written_as_Python_writes_them()
    {
        await ReportAsync("STARTED", Meta);
        await ReportAsync("HALFWAY");
        await Progress.FlushAsync();

        Assert.That(_store.Written, Is.EqualTo(new[]
        {
            WireFixtures.Text("progress-started.json"), WireFixtures.Text("progress-custom-state-keeps-meta.json"),
        }));
    }

    [Test]
    public async Task The_first_state_of_a_run_keeps_the_meta_of_an_earlier_attempt()
    {
        _store.Former = WireFixtures.Text("progress-started.json");

        await ReportAsync("HALFWAY");

        Assert.That(_store.Written, Is.EqualTo(new[] { WireFixtures.Text("progress-custom-state-keeps-meta.json") }));
    }

    [Test]
    public async Task At_most_two_records_a_second_are_written_and_the_latest_wins()
    {
        for (var i = 1; i <= 100; i++)
        {
            await ReportAsync($"{i}", "0");
            _time.Advance(TimeSpan.FromMilliseconds(10)); // a second in all
        }

        await WorkerBench.UntilAsync(() => _store.Written.Count >= 2);
        await Progress.FlushAsync();

        Assert.That(_store.Written, Has.Count.InRange(2, 4));
        Assert.That(_store.Written[0], Does.Contain("\"1\""));
        Assert.That(_store.Written[^1], Does.Contain("\"100\""));
    }

    [Test]
    public async Task A_run_that_lost_its_job_is_told_so_and_writes_no_more()
    {
        _store.Lost = true;

        Assert.That(() => ReportAsync("A"), Throws.TypeOf<FencedException>());
        Assert.That(() => ReportAsync("B"), Throws.TypeOf<FencedException>());
        await Progress.FlushAsync();

        Assert.That(_store.Written, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_Redis_did_not_take_is_written_half_a_second_later()
    {
        _store.Fault = new RedisException("away");
        await ReportAsync("A");
        var before = _store.Written.Count;

        _time.Advance(JobProgress.Interval);
        await WorkerBench.UntilAsync(() => _store.Written.Count == 1);

        Assert.That(before, Is.Zero);
        Assert.That(_store.Written.Single(), Does.Contain("\"A\""));
    }

    [Test]
    public async Task Nothing_is_written_after_the_end()
    {
        await ReportAsync("A");
        await Progress.FlushAsync();

        Assert.That(() => ReportAsync("B"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(_store.Written, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_last_state_is_written_before_the_result()
    {
        using var bench = new ExecutionBench();
        var seen = -1;
        bench.Probe.Code = async (job, token) =>
        {
            await job.ReportProgressAsync("A", new { Done = 1 }, token);
            await job.ReportProgressAsync("B", cancellationToken: token);
            seen = bench.Progress.Written.Count;
            return new JobSummary(1, 1, 0);
        };

        await bench.ExecuteAsync();

        Assert.That(seen, Is.EqualTo(1), "the second waits");
        Assert.That(bench.Progress.Written[^1], Is.EqualTo("""{"state": "B", "meta": {"done": 1}}"""));
        Assert.That(bench.Queue.Settled.Single().Exit, Is.EqualTo("finish"));
    }

    private Task ReportAsync(string state, string? meta = null) =>
        Progress.ReportAsync(state, meta is null ? null : Encoding.UTF8.GetBytes(meta), CancellationToken.None);
}
