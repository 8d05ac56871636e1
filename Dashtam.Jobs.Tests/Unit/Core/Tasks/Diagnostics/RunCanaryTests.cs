using System.Text;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Progress;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Tasks.Diagnostics;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.Diagnostics;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RunCanaryTests : IProgressSource
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeFenceTokens _tokens = new();
    private readonly FakeEffects _effects = new();
    private readonly FakeProgressStore _progress = new();
    private JobProgress? _opened;
    private readonly CanaryOptions _options = new() { Harmful = true };
    private readonly IHostEnvironment _environment = new HostingEnvironment { EnvironmentName = Environments.Production };

    [TestCase("{}", "null")]
    [TestCase("""{"echo": null}""", "null")]
    [TestCase("""{"echo": {"a": [1.0, "ż"]}}""", """{"a": [1.0, "ż"]}""")]
    public async Task It_returns_who_ran_it_and_what_it_was_given(string keywords, string echo)
    {
        var summary = await RunAsync(keywords);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary, Has.Property("Checked").EqualTo(1).And.Property("Processed").EqualTo(1)
                .And.Property("Errors").Zero);
            Assert.That(summary.Details.Select(detail => $"{detail.Key}={detail.Value.GetRawText()}"),
                Is.EqualTo(new[] { "attempt=1", "worker=\"w\"", $"echo={echo}" }));
        }
    }

    [Test]
    public async Task It_fails_as_many_attempts_as_asked()
    {
        const string keywords = """{"fail_attempts": 2}""";

        Assert.That(() => RunAsync(keywords, attempt: 1), Throws.InvalidOperationException.With.Message.Contains("attempt 1"));
        Assert.That(() => RunAsync(keywords, attempt: 2), Throws.InvalidOperationException);
        Assert.That((await RunAsync(keywords, attempt: 3)).Processed, Is.EqualTo(1));
    }

    [Test]
    public async Task It_sleeps_as_long_as_asked()
    {
        var run = RunAsync("""{"sleep_ms": 5000}""");

        _time.Advance(TimeSpan.FromMilliseconds(4_999));
        var early = run.IsCompleted;
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await run;

        Assert.That(early, Is.False);
    }

    [Test]
    public async Task It_says_how_long_it_has_slept_once_a_second()
    {
        var run = RunAsync("""{"sleep_ms": 2500}""");
        _time.Advance(TimeSpan.FromSeconds(1));
        await WorkerBench.UntilAsync(() => _progress.Written.Count == 1);
        await _time.AdvanceUntilAsync(() => run.IsCompleted, TimeSpan.FromMilliseconds(100));

        await run;
        Assert.That(_progress.Written[0], Is.EqualTo("""{"state": "SLEEPING", "meta": {"slept_ms": 1000, "of_ms": 2500}}"""));
        Assert.That(_progress.Written, Has.Count.LessThanOrEqualTo(2));
    }

    public JobProgress Open() => _opened ??= new(_progress, new Delivery([], "w"), "id", _time);

    [Test]
    public void It_stops_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var run = RunAsync("""{"sleep_ms": 5000}""", token: source.Token);

        source.Cancel();

        Assert.That(() => run, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task It_goes_on_sleeping_when_asked_to_ignore_cancellation()
    {
        using var source = new CancellationTokenSource();
        var run = RunAsync("""{"sleep_ms": 5000, "ignore_cancellation": true}""", token: source.Token);

        await source.CancelAsync();
        var ended = run.IsCompleted;
        _time.Advance(TimeSpan.FromSeconds(5));
        await run;

        Assert.That(ended, Is.False);
    }

    [Test]
    public async Task It_records_an_effect_under_a_fence_token()
    {
        var summary = await RunAsync("""{"effect": "e"}""");

        Assert.That(_effects.Offered, Is.EqualTo(new[] { ("e", 1L, true) }));
        Assert.That(summary.Details.Select(detail => $"{detail.Key}={detail.Value.GetRawText()}"),
            Is.SupersetOf(new[] { "fence=1", "effect_accepted=1" }));
    }

    [Test]
    public void A_run_that_has_lost_its_job_has_no_effect()
    {
        _tokens.Lost = true;

        Assert.That(() => RunAsync("""{"effect": "e"}"""), Throws.TypeOf<FencedException>());
        Assert.That(_effects.Offered, Is.Empty);
    }

    [TestCase("""{"effect": ""}""")]
    [TestCase("""{"sleep_ms": -1}""")]
    [TestCase("""{"sleep_ms": 86400001}""")]
    [TestCase("""{"fail_attempts": -1}""")]
    [TestCase("""{"sleep_ms": "long"}""")]
    public void Arguments_that_do_not_fit_are_refused(string keywords) =>
        Assert.That(() => RunAsync(keywords), Throws.TypeOf<JobArgumentException>());

    [TestCase("""{"ignore_cancellation": true}""", "ignore_cancellation")]
    [TestCase("""{"fail_attempts": 11}""", "fail_attempts")]
    public void What_harms_a_worker_needs_the_setting_outside_of_Development(string keywords, string argument)
    {
        _options.Harmful = null;

        Assert.That(
            () => RunAsync(keywords), Throws.TypeOf<JobArgumentException>().With.Message.Contains(argument)
                .And.Message.Contains("JOBS_CANARY_HARMFUL"));
    }

    [Test]
    public void What_harms_no_worker_needs_no_setting()
    {
        _options.Harmful = null;

        Assert.That(() => RunAsync("""{"fail_attempts": 10}""", attempt: 11), Throws.Nothing);
    }

    [TestCase(null, true)]
    [TestCase(false, false)]
    public void In_Development_harm_is_allowed_unless_the_setting_forbids_it(bool? harmful, bool allowed)
    {
        _options.Harmful = harmful;
        _environment.EnvironmentName = Environments.Development;

        Assert.That(
            () => RunAsync("""{"ignore_cancellation": true}"""),
            allowed ? Throws.Nothing : Throws.TypeOf<JobArgumentException>());
    }

    private async Task<JobSummary> RunAsync(string keywords, int attempt = 1, CancellationToken token = default)
    {
        var arguments = JobArguments.Parse("[]"u8.ToArray(), Encoding.UTF8.GetBytes(keywords)).Bind<RunCanaryArguments>();
        var context = new JobContext("id", "run_canary", attempt, 3, "w", JobLabels.Empty)
        {
            Fence = new DeliveryFence(_tokens, new Delivery([], "w")),
            Progress = this,
        };
        var canary = new RunCanary(_time, _effects, Options.Create(_options), _environment, NullLogger<RunCanary>.Instance);
        return await canary.RunAsync(context, arguments, token);
    }
}
