using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
[NonParallelizable] // the exit code is the process's
internal sealed class HostRunnerEndTests
{
    [Test]
    public async Task A_loop_that_fails_ends_the_process_with_an_exit_code_that_says_so()
    {
        var exitCode = await HostRunner.RunAsync(() => Host<FailingLoop>());

        Assert.That(exitCode, Is.EqualTo(StartupFailure.ExitCode));
    }

    [Test]
    public async Task An_order_to_stop_ends_it_with_0() => Assert.That(await HostRunner.RunAsync(() => Host<StoppingLoop>()), Is.Zero);

    [Test]
    public async Task What_had_started_is_stopped_when_the_rest_cannot_start()
    {
        var first = new Witness();

        var exitCode = await HostRunner.RunAsync(() =>
        {
            var builder = new HostApplicationBuilder();
            builder.Services.AddJobsLogging().AddSingleton<IHostedService>(first).AddHostedService<CannotStart>();
            return builder.Build();
        });

        Assert.That(exitCode, Is.EqualTo(StartupFailure.ExitCode));
        Assert.That(first.Stopped, Is.True);
    }

    [Test]
    public async Task A_loop_that_fails_while_the_rest_still_starts_ends_the_process_with_an_exit_code_that_says_so()
    {
        var first = new Witness();

        var exitCode = await HostRunner.RunAsync(() => Host<FailingLoop>(
            services => services.AddSingleton<IHostedService>(first).AddHostedService<NeverStarts>()));

        Assert.That(exitCode, Is.EqualTo(StartupFailure.ExitCode));
        Assert.That(first.Stopped, Is.True);
    }

    [Test]
    public async Task A_loop_that_something_else_cancelled_is_one_that_failed() =>
        Assert.That(await HostRunner.RunAsync(() => Host<CancelledLoop>()), Is.EqualTo(StartupFailure.ExitCode));

    [Test]
    public async Task An_order_to_stop_during_the_start_ends_it_with_0_and_stops_what_had_started()
    {
        var first = new Witness();

        var exitCode = await HostRunner.RunAsync(() => Host<StoppingLoop>(
            services => services.AddSingleton<IHostedService>(first).AddHostedService<NeverStarts>()));

        Assert.That(exitCode, Is.Zero);
        Assert.That(first.Stopped, Is.True);
    }

    [Test]
    public async Task A_loop_that_an_order_to_stop_during_the_start_cancelled_has_not_failed() => Assert.That(
        await HostRunner.RunAsync(() => Host<WaitingLoop>(
            services => services.AddSingleton(new Started()).AddHostedService<StopOnceItWaits>().AddHostedService<NeverStarts>())),
        Is.Zero);

    [Test]
    public async Task A_failure_does_not_hide_that_the_process_asked_to_be_started_again()
    {
        try
        {
            Environment.ExitCode = 75;

            Assert.That(await HostRunner.RunAsync(() => Host<FailingLoop>()), Is.EqualTo(75));
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    private static IHost Host<TLoop>()
        where TLoop : class, IHostedService => Host<TLoop>(_ => { });

    private static IHost Host<TLoop>(Action<IServiceCollection> more)
        where TLoop : class, IHostedService
    {
        var builder = new HostApplicationBuilder();
        builder.Services.AddJobsLogging().AddHostedService<TLoop>();
        more(builder.Services);
        return builder.Build();
    }

    private sealed class FailingLoop : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("a defect");
        }
    }

    private sealed class CancelledLoop : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new OperationCanceledException("by somebody else");
        }
    }

    private sealed class Started
    {
        public TaskCompletionSource Signal { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class WaitingLoop(Started started) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var wait = Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
            started.Signal.SetResult();
            return wait;
        }
    }

    private sealed class StopOnceItWaits(Started started, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await started.Signal.Task;
            lifetime.StopApplication();
        }
    }

    private sealed class NeverStarts : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class StoppingLoop(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }
    }

    private sealed class Witness : IHostedService
    {
        public bool Stopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Stopped = true;
            return Task.CompletedTask;
        }
    }

    private sealed class CannotStart : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("port taken");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
