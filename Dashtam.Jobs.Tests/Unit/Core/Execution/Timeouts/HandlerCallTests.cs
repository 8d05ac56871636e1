using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Timeouts;

/// <summary>What handlers get from dependency injection, and for how long.</summary>
[Category("Unit")]
internal sealed class HandlerCallTests
{
    [Test]
    public async Task Each_run_has_a_scoped_dependency_of_its_own_that_lives_as_long_as_the_run()
    {
        using var bench = new ExecutionBench(services => services.AddScoped<Tool>(), typeof(UseScoped));
        var wasDisposed = new List<bool>();
        bench.Probe.Code = async (_, _) =>
        {
            await Task.Yield();
            wasDisposed.Add(((UseScoped)bench.Probe.Handlers[^1]).Tool.IsDisposed);
            return new JobSummary(1, 1, 0);
        };

        await bench.ExecuteAsync("use_scoped");
        await bench.ExecuteAsync("use_scoped");

        var tools = bench.Probe.Handlers.Cast<UseScoped>().Select(handler => handler.Tool).ToArray();
        Assert.That(wasDisposed, Is.EqualTo(new[] { false, false }));
        Assert.That(tools, Has.Length.EqualTo(2).And.Unique);
        Assert.That(tools.Select(tool => tool.IsDisposed), Is.All.True);
    }

    [Test]
    public async Task A_scoped_dependency_of_a_run_that_fails_is_disposed()
    {
        using var bench = new ExecutionBench(services => services.AddScoped<Tool>(), typeof(UseScoped));
        bench.Probe.Code = (_, _) => throw new InvalidOperationException("on purpose");

        await bench.ExecuteAsync("use_scoped");

        Assert.That(((UseScoped)bench.Probe.Handlers.Single()).Tool.IsDisposed, Is.True);
    }

    [Test]
    public async Task A_singleton_is_the_same_for_every_run_and_outlives_them()
    {
        using var bench = new ExecutionBench(services => services.AddSingleton<Tool>(), typeof(UseScoped));

        await bench.ExecuteAsync("use_scoped");
        await bench.ExecuteAsync("use_scoped");

        var tools = bench.Probe.Handlers.Cast<UseScoped>().Select(handler => handler.Tool).ToArray();
        Assert.That(tools[0], Is.SameAs(tools[1]));
        Assert.That(tools[0].IsDisposed, Is.False);
    }

    [TestCase(ServiceLifetime.Scoped, true)]
    [TestCase(ServiceLifetime.Transient, true)]
    [TestCase(ServiceLifetime.Singleton, false)]
    public async Task A_keyed_dependency_is_the_one_of_its_key_also_beside_a_singleton_without_a_key(
        ServiceLifetime lifetime, bool endsWithTheRun)
    {
        using var bench = new ExecutionBench(
            services =>
            {
                services.AddSingleton(new Tool { Name = "without a key" });
                services.Add(new ServiceDescriptor(typeof(Tool), "other", (_, _) => new Tool { Name = "other" }, lifetime));
                services.Add(new ServiceDescriptor(typeof(Tool), "mine", (_, _) => new Tool { Name = "mine" }, lifetime));
            },
            typeof(UseKeyed));

        var outcome = await bench.ExecuteAsync("use_keyed");

        var tool = ((UseKeyed)bench.Probe.Handlers.Single()).Tool;
        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
        Assert.That(tool.Name, Is.EqualTo("mine"));
        Assert.That(tool.IsDisposed, Is.EqualTo(endsWithTheRun));
    }
}

/// <summary>Something to take, that has to be disposed; asynchronously, as a data context is.</summary>
internal sealed class Tool : IDisposable, IAsyncDisposable
{
    public string Name { get; init; } = "";

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}

[Job("use_scoped", Category = "test", RetryOnError = false)]
internal sealed class UseScoped(Probe probe, Tool tool) : IJobHandler
{
    public Tool Tool => tool;

    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        probe.Handlers.Add(this);
        return probe.Code(job, cancellationToken);
    }
}

[Job("use_keyed", Category = "test", RetryOnError = false)]
internal sealed class UseKeyed(Probe probe, [FromKeyedServices("mine")] Tool tool) : IJobHandler
{
    public Tool Tool => tool;

    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        probe.Handlers.Add(this);
        return probe.Code(job, cancellationToken);
    }
}
