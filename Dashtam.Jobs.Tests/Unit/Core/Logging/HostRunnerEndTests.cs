using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
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
            builder.Services.AddSingleton<IHostedService>(first).AddHostedService<CannotStart>();
            return builder.Build();
        });

        Assert.That(exitCode, Is.EqualTo(StartupFailure.ExitCode));
        Assert.That(first.Stopped, Is.True);
    }

    private static IHost Host<TLoop>()
        where TLoop : class, IHostedService
    {
        var builder = new HostApplicationBuilder();
        builder.Services.AddHostedService<TLoop>();
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
