using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Stopping;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Stopping;

[Category("Unit")]
[NonParallelizable] // the exit code is the process's
internal sealed class GracefulDrainTests
{
    private readonly IHostApplicationLifetime _lifetime = Substitute.For<IHostApplicationLifetime>();
    private readonly IOptions<WorkerOptions> _options = Options.Create(new WorkerOptions { Concurrency = 4 });
    private TaskCompletionSource<JobSummary> _never = null!;
    private WorkerBench _bench = null!;
    private StuckHandlers _stuck = null!;
    private GracefulDrain _drain = null!;

    [SetUp]
    public void SetUp()
    {
        _never = new TaskCompletionSource<JobSummary>();
        _bench = new WorkerBench();
        _bench.Execution.Probe.Code = (_, _) => _never.Task;
        _stuck = new StuckHandlers(_bench.Running, _options, _lifetime, NullLogger<StuckHandlers>.Instance);
        _drain = new GracefulDrain(
            _bench.Execution.Queue, [new DrainedQueue("", _bench.Session, _bench.Execution.Queue, _bench.Audit)], _bench.Running, _bench.Ahead, _stuck, _options,
            Options.Create(new TimeoutOptions()),
            _bench.Execution.Time, _bench.Log.Factory.CreateLogger<GracefulDrain>());
    }

    [TearDown]
    public void TearDown()
    {
        Environment.ExitCode = 0; // the process of the tests is not to be started again
        _never.TrySetResult(new JobSummary(0, 0, 0));
        _bench.Dispose();
    }

    [Test]
    public async Task A_recycle_counts_as_a_move_of_each_job_whose_handler_hangs_by_its_next_attempt()
    {
        await AbandonAsync(3);
        _stuck.Check();

        await StopAsync();

        var next = _bench.Execution.Queue.Settled.Select(settled => EnvelopeHash.Of(Encoding.UTF8.GetBytes(settled.Written)));
        Assert.That(_bench.Execution.Queue.Exits, Is.EqualTo(Enumerable.Repeat(ExitKind.RetriedHanging, 3)));
        Assert.That(_bench.Execution.Queue.Recycled, Is.EquivalentTo(next.Select(hash => new HangingJob(hash, Alone: false))));
        Assert.That(Events(), Does.Contain("hanging_jobs_counted"));
    }

    [Test]
    public async Task A_recycle_says_of_a_suspect_that_it_ran_alone()
    {
        _bench.Slots.Take(int.MaxValue);
        var alone = _bench.Runs.RunAloneAsync(_bench.Execution.Queue.Hold(WorkerBench.ShortEnvelope(), "w"));
        await _bench.LiveUntilAsync(() => _bench.Running.Abandoned == 1);
        _stuck.Check();

        await StopAsync();

        Assert.That(_bench.Execution.Queue.Recycled.Single().Alone, Is.True);
        Assert.That(alone.IsCompleted, Is.False);
    }

    [Test]
    public async Task An_ordinary_stop_counts_nothing()
    {
        await AbandonAsync(3);

        await StopAsync();

        Assert.That(_bench.Execution.Queue.Recycled, Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_is_given_back_keeps_its_count_only_when_hanging_handlers_end_the_worker(bool recycles)
    {
        await AbandonAsync(3);
        await StartAsync(1);
        if (recycles)
        {
            _stuck.Check();
        }

        await StopAsync();

        Assert.That(
            _bench.Execution.Queue.Exits.Where(exit => exit is ExitKind.GivenBack or ExitKind.GivenBackHanging),
            Is.EqualTo([recycles ? ExitKind.GivenBackHanging : ExitKind.GivenBack]));
    }

    [Test]
    public async Task Ten_jobs_that_go_back_have_a_line_each_and_the_others_are_counted()
    {
        await StartAsync(15);

        await StopAsync();

        Assert.That(Events().Where(name => name!.Contains("given_back", StringComparison.Ordinal)),
            Is.EqualTo([.. Enumerable.Repeat("delivery_given_back", 10), "deliveries_given_back"]));
        Assert.That(_bench.Log.Lines, Has.Some.Contains("\"more\":5"));
    }

    [Test]
    public async Task A_worker_that_never_reached_Redis_says_nothing_of_jobs()
    {
        await _drain.StopAsync(CancellationToken.None);

        Assert.That(_bench.Log.Lines, Is.Empty);
    }

    [Test]
    public async Task Jobs_that_only_await_their_settlement_do_not_count_as_running()
    {
        var settles = new TaskCompletionSource();
        _bench.Slots.Take(int.MaxValue);
        await _bench.Session.RegisterAsync(CancellationToken.None);
        _bench.Execution.Queue.Reply = settles.Task;
        _bench.Execution.Probe.Code = (_, _) => Task.FromResult(new JobSummary(1, 1, 0));
        _bench.Runs.Start(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), _bench.Session.Name));
        await WorkerBench.UntilAsync(() => _bench.Running.Overdue().Any());

        var stop = _drain.StopAsync(CancellationToken.None);
        settles.SetResult();
        await stop;

        Assert.That(_bench.Log.Lines[0], Does.Contain("drain_started").And.Contain("handlers: 0; jobs held").And.Contain("Redis: 1)"));
        Assert.That(_bench.Log.Lines[^1], Does.Contain("drain_ended"));
    }

    private IEnumerable<string?> Events() => _bench.Log.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());

    private async Task AbandonAsync(int jobs)
    {
        await StartAsync(jobs, WorkerBench.ShortEnvelope);
        await _bench.LiveUntilAsync(() => _bench.Running.Abandoned == jobs);
    }

    private async Task StartAsync(int jobs, Func<byte[]>? envelope = null)
    {
        var begun = _bench.Execution.Probe.Runs.Count + jobs;
        for (var job = 0; job < jobs; job++)
        {
            _bench.Runs.Start(_bench.Execution.Queue.Hold((envelope ?? WorkerBench.Envelope)(), _bench.Session.Name));
        }

        await WorkerBench.UntilAsync(() => _bench.Running.Begun.Count() + _bench.Running.Abandoned >= begun);
    }

    private async Task StopAsync()
    {
        await _bench.Session.RegisterAsync(CancellationToken.None);
        var stopped = _drain.StopAsync(CancellationToken.None);
        await _bench.LiveUntilAsync(() => stopped.IsCompleted);
        await stopped;
    }
}
