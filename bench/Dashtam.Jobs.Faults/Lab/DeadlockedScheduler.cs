using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Scheduler;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>The scheduler's real process, whose thread pool is blocked for ever once it has started.</summary>
internal static class DeadlockedScheduler
{
    /// <summary>This program's argument that starts it.</summary>
    public const string Verb = "deadlocked-scheduler";

    public static Task<int> RunAsync() => HostRunner.RunAsync(
        () => SchedulerHost.Build(TimeProvider.System, services => services.AddHostedService<Deadlock>()));

    private sealed class Deadlock(IHostApplicationLifetime lifetime) : IHostedService
    {
        private const int MoreThanThreads = 100;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(Begin);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private static void Begin()
        {
            ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
            for (var work = 0; work < MoreThanThreads; work++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static _ => Thread.Sleep(Timeout.Infinite), state: null);
            }
        }
    }
}
