using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Finds the loop that ended by itself and stopped the host with it. One that was cancelled before anybody had asked for a stop
/// failed as well: what was cancelled was something inside it.
/// </summary>
internal sealed class EndedLoops : IDisposable
{
    private readonly IServiceProvider _services;
    private readonly CancellationTokenRegistration _stopping;
    private volatile Exception? _failure;

    public EndedLoops(IServiceProvider services, IHostApplicationLifetime lifetime)
    {
        _services = services;

        // Called before any loop is told to stop.
        _stopping = lifetime.ApplicationStopping.Register(() => _failure = Find(task => task.IsFaulted || task.IsCanceled));
    }

    /// <summary>What a loop failed with, before or while the host stopped; null: none failed.</summary>
    public Exception? FindFailure() => _failure ?? Find(task => task.IsFaulted);

    public void Dispose() => _stopping.Dispose();

    private Exception? Find(Func<Task, bool> ended)
    {
        foreach (var loop in _services.GetServices<IHostedService>().OfType<BackgroundService>())
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
