using System.Text;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Middlewares;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Middlewares;

/// <summary>What a user's middleware can do, and what becomes of it.</summary>
[Category("Unit")]
[CancelAfter(30_000)]
internal sealed class JobMiddlewareTests
{
    private readonly List<string> _order = [];

    [Test]
    public async Task What_is_registered_first_is_outermost()
    {
        using var bench = new ExecutionBench(services => services.AddSingleton(_order).AddJobMiddleware<Outer>().AddJobMiddleware<Inner>());
        bench.Probe.Code = (_, _) =>
        {
            _order.Add("handler");
            return Task.FromResult(new JobSummary(1, 1, 0));
        };

        await bench.ExecuteAsync();

        Assert.That(_order, Is.EqualTo(new[] { "outer in", "inner in", "handler", "inner out", "outer out" }));
    }

    [Test]
    public async Task A_scoped_dependency_is_the_same_for_the_middleware_and_the_handler_of_a_run_and_ends_with_the_run()
    {
        using var bench = new ExecutionBench(
            services => services.AddScoped<Shared>().AddJobMiddleware<SetShared>(), typeof(UseShared));

        var outcome = await bench.ExecuteAsync("use_shared");
        await bench.ExecuteAsync("use_shared");

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
        var shared = bench.Probe.Handlers.Cast<UseShared>().Select(handler => handler.Shared).ToArray();
        Assert.That(shared.Select(one => one.Value), Is.All.EqualTo("set by the middleware"));
        Assert.That(shared, Is.Unique);
        Assert.That(shared.Select(one => one.IsDisposed), Is.All.True);
    }

    [Test]
    public async Task A_middleware_adds_to_the_summary()
    {
        using var bench = With(async (_, next, token) => (await next(token)).With("added", 7));

        await bench.ExecuteAsync();

        Assert.That(bench.Queue.Settled.Single().Written, Does.Contain("\"added\": 7"));
    }

    [Test]
    public async Task A_run_does_not_end_before_a_handler_that_blocks_and_that_its_middleware_does_not_wait_for()
    {
        using var unblock = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bench = With(async (job, next, token) =>
        {
            _ = Task.Run(() => next(token), CancellationToken.None);
            await entered.Task;
            throw new TimeoutException("a limit of its own");
        });
        bench.Probe.Code = (_, _) =>
        {
            entered.SetResult();
            unblock.Wait();
            return Task.FromResult(new JobSummary(1, 1, 0));
        };

        var run = bench.ExecuteAsync();
        await entered.Task;
        Assert.That(bench.Queue.Settled, Is.Empty, "its handler still runs");
        unblock.Set();

        Assert.That(await run, Is.InstanceOf<JobOutcome.Retried>());
    }

    [Test]
    public async Task Next_after_the_middleware_has_returned_calls_nothing()
    {
        JobCall? kept = null;
        using var bench = With((_, next, _) =>
        {
            kept = next;
            return Task.FromResult(new JobSummary(0, 0, 0));
        });
        await bench.ExecuteAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => kept!(CancellationToken.None));

        Assert.That(error!.Message, Does.Contain("after it had returned"));
        Assert.That(bench.Probe.Runs, Is.Empty);
    }

    [Test]
    public async Task Without_next_the_handler_is_not_called_and_the_summary_is_the_middleware_s()
    {
        using var bench = With((_, _, _) => Task.FromResult(new JobSummary(5, 0, 0)));

        var outcome = await bench.ExecuteAsync();

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>().With.Property("Summary").EqualTo(new JobSummary(5, 0, 0)));
        Assert.That(bench.Probe.Runs, Is.Empty);
    }

    [Test]
    public async Task Next_twice_is_an_error_that_names_the_middleware_and_the_handler_is_called_once()
    {
        using var bench = With(async (_, next, token) =>
        {
            await next(token);
            return await next(token);
        });

        var outcome = await bench.ExecuteAsync();

        Assert.That(bench.Probe.Runs, Has.Count.EqualTo(1));
        Assert.That(
            ((JobOutcome.Failed)((JobOutcome.Retried)outcome).Cause).Exception.Message,
            Does.StartWith("The middleware Freely called next twice."));
    }

    [Test]
    public async Task What_a_middleware_throws_is_tried_again_as_a_handler_s_error_is()
    {
        using var bench = With((_, _, _) => throw new IOException("no tenant"));

        Assert.That(await bench.ExecuteAsync(), Is.InstanceOf<JobOutcome.Retried>());
        Assert.That(bench.Queue.Settled.Single().Exit, Is.EqualTo("retry"));
    }

    [Test]
    public async Task A_middleware_sees_what_the_handler_throws_and_arguments_that_do_not_fit()
    {
        var seen = new List<string>();
        using var bench = With(async (_, next, token) =>
        {
            try
            {
                return await next(token);
            }
            catch (Exception error)
            {
                seen.Add(error.GetType().Name);
                throw;
            }
        });
        bench.Probe.Code = (_, _) => throw new IOException("no");

        await bench.ExecuteAsync();
        await bench.ExecuteAsync(
            Encoding.UTF8.GetBytes("""{"task_id": "id", "task_name": "run_probe", "labels": {}, "args": [1], "kwargs": {}}"""));

        Assert.That(seen, Is.EqualTo(new[] { "IOException", "JobArgumentException" }));
    }

    [Test]
    public async Task A_run_does_not_end_before_its_handler_although_its_middleware_did_not_wait_for_it()
    {
        var release = new TaskCompletionSource<JobSummary>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bench = With((job, next, token) =>
        {
            _ = next(token);
            return Task.FromResult(new JobSummary(0, 0, 0));
        });
        bench.Probe.Code = (_, _) => release.Task;

        var running = bench.ExecuteAsync();
        Assert.That(running.IsCompleted, Is.False);
        release.SetResult(new JobSummary(1, 1, 0));

        Assert.That(await running, Is.InstanceOf<JobOutcome.Succeeded>());
    }

    [Test]
    public async Task No_summary_is_an_error_that_names_the_middleware()
    {
        using var bench = With((_, _, _) => Task.FromResult<JobSummary>(null!));

        var outcome = (JobOutcome.Retried)await bench.ExecuteAsync();

        Assert.That(((JobOutcome.Failed)outcome.Cause).Error.Messages, Is.EqualTo(new[] { "The middleware Freely returned no summary." }));
    }

    [Test]
    public void The_same_middleware_twice_is_refused() => Assert.That(
        () => new ServiceCollection().AddJobMiddleware<Outer>().AddJobMiddleware<Outer>(),
        Throws.InvalidOperationException.With.Message.Contains("Outer is a job middleware already"));

    private static ExecutionBench With(Func<JobContext, JobCall, CancellationToken, Task<JobSummary>> code) =>
        new(services => services.AddSingleton(code).AddJobMiddleware<Freely>());

    private sealed class Outer(List<string> order) : IJobMiddleware
    {
        public async Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken)
        {
            order.Add("outer in");
            var summary = await next(cancellationToken);
            order.Add("outer out");
            return summary;
        }
    }

    private sealed class Inner(List<string> order) : IJobMiddleware
    {
        public async Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken)
        {
            order.Add("inner in");
            var summary = await next(cancellationToken);
            order.Add("inner out");
            return summary;
        }
    }

    private sealed class Freely(Func<JobContext, JobCall, CancellationToken, Task<JobSummary>> code) : IJobMiddleware
    {
        public Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken) =>
            code(job, next, cancellationToken);
    }

    private sealed class SetShared(Shared shared) : IJobMiddleware
    {
        public Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken)
        {
            shared.Value = "set by the middleware";
            return next(cancellationToken);
        }
    }
}

/// <summary>Something that belongs to one run.</summary>
internal sealed class Shared : IDisposable
{
    public string Value { get; set; } = "";

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

[Job("use_shared", Category = "test", RetryOnError = false)]
internal sealed class UseShared(Probe probe, Shared shared) : IJobHandler
{
    public Shared Shared => shared;

    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        probe.Handlers.Add(this);
        return probe.Code(job, cancellationToken);
    }
}
