using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Finds the loop that ended by itself and stopped the host with it. One that was cancelled before anybody had asked for a stop
/// failed as well: what was cancelled was something inside it.
/// </summary>
internal sealed class EndedLoops(IServiceProvider services, IHostApplicationLifetime lifetime) : IHostedLifecycleService, IDisposable
{
    private CancellationTokenRegistration _stopping;
    private volatile Exception? _failure;

    /// <summary>
    /// Looks as soon as somebody asks for a stop, before any loop is cancelled by it. Callbacks run in the reverse order of their registration, and
    /// the host has just registered the one by which a stop during the start cancels the loops: so this one is not registered sooner.
    /// </summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(() => _failure = Find(task => task.IsFaulted || task.IsCanceled));
        return Task.CompletedTask;
    }

    /// <summary>What a loop failed with, before or while the host stopped; null: none failed.</summary>
    public Exception? FindFailure() => _failure ?? Find(task => task.IsFaulted);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private Exception? Find(Func<Task, bool> ended)
    {
        foreach (var loop in services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (loop.ExecuteTask is { } task && ended(task))
            {
                return task.Exception?.GetBaseException()
                    ?? new InvalidOperationException($"{loop.GetType().Name} was cancelled although nobody had asked for a stop");
            }
        }

        return null;
    }
}
