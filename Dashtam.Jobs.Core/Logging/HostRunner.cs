using Dashtam.Jobs.Core.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>The outermost frame of a process: whatever fails, there is one line that says so, and an exit code.</summary>
internal static class HostRunner
{
    /// <summary>Builds the host, runs it until it is told to stop, and disposes it.</summary>
    /// <returns>
    /// The exit code: 0, or what somebody put into <see cref="Environment.ExitCode"/>, or a failure's
    /// (<see cref="StartupFailure.ExitCode"/>).
    /// </returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        using var uncaught = new UncaughtErrors();
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
        using var signals = new StopSignals(lifetime);
        var loops = host.Services.GetRequiredService<EndedLoops>();

        // First the settings, then the port, then the rest: whoever cannot start has not touched anything.
        host.Services.GetService<IStartupValidator>()?.Validate();
        host.Services.GetService<HttpPort>()?.Listen();
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before everything had started, by a signal or by a loop that failed.
            await StopQuietlyAsync(host);
            return loops.FindFailure() is { } early ? Code(StartupFailure.Report(early)) : Environment.ExitCode;
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
            return Code(StartupFailure.ReportEnd(loops.FindFailure() ?? error));
        }

        // A loop that failed has stopped the host, as an order to stop does; whoever restarts processes must see the difference.
        return loops.FindFailure() is { } failure ? Code(StartupFailure.ReportEnd(failure)) : Environment.ExitCode;
    }

    /// <summary>A worker that asked to be started again still does.</summary>
    private static int Code(int ofFailure) => Environment.ExitCode != 0 ? Environment.ExitCode : ofFailure;

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
