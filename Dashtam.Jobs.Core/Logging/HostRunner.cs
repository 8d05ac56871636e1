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
                await RunAsync(host);
            }
            finally
            {
                await DisposeAsync(host);
            }

            return Environment.ExitCode;
        }
        catch (Exception error)
        {
            return StartupFailure.Report(error);
        }
    }

    private static async Task RunAsync(IHost host)
    {
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it had started: nothing failed.
            return;
        }

        await host.WaitForShutdownAsync(CancellationToken.None);
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
