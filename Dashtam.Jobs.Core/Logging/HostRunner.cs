using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>The outermost frame of a process: whatever fails, there is one line that says so, and an exit code.</summary>
internal static class HostRunner
{
    /// <summary>Builds the host, runs it until it is told to stop, and disposes it.</summary>
    /// <returns>The exit code: 0, or what somebody put into <see cref="Environment.ExitCode"/>, or a failure's.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        try
        {
            var host = build();
            try
            {
                return await RunAsync(host);
            }
            finally
            {
                await DisposeAsync(host);
            }
        }
        catch (Exception error)
        {
            return StartupFailure.Report(error);
        }
    }

    private static async Task<int> RunAsync(IHost host)
    {
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it had started: nothing failed.
            return Environment.ExitCode;
        }
        catch
        {
            // What had started must stop in order: a worker that cannot listen on its port has registered already.
            await StopQuietlyAsync(host);
            throw;
        }

        try
        {
            await host.WaitForShutdownAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            return StartupFailure.ReportEnd(error);
        }

        // A loop that failed has stopped the host, as an order to stop does; whoever restarts processes must see the difference.
        var failed = host.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Select(service => service.ExecuteTask?.Exception).FirstOrDefault(error => error is not null);
        return failed is null ? Environment.ExitCode : StartupFailure.ReportEnd(failed.GetBaseException());
    }

    private static async Task StopQuietlyAsync(IHost host)
    {
        try
        {
            await host.StopAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What is reported is why it did not start, not what followed from it.
        }
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
            return;
        }

        host.Dispose();
    }
}
