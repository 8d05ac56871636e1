using System.Globalization;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// The whole worker within the process of the tests, for those that neither signal it nor look at its exit code: a process of its
/// own takes a second of a core until it is ready.
/// </summary>
internal sealed class WorkerInProcess : Service
{
    private readonly WebApplication _host;
    private readonly LogLines _log;

    private WorkerInProcess(int port, IEnumerable<(string Name, string Value)> settings, Action<IServiceCollection>? configure)
        : base(port)
    {
        _log = new LogLines(LogVerbosity.Info, Keep);
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["JOBS_HTTP_PORT"] = port.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in settings)
        {
            variables[name] = value; // of two the last one, as in a process' environment
        }

        _host = WorkerHost.Build(
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(_log.Factory));
                configure?.Invoke(services);
            },
            variables);
    }

    public static Task<WorkerInProcess> StartAsync(params (string Name, string Value)[] settings) => StartAsync(configure: null, settings);

    /// <summary>The same, with services of a test's own.</summary>
    public static async Task<WorkerInProcess> StartAsync(
        Action<IServiceCollection>? configure, params (string Name, string Value)[] settings)
    {
        var worker = new WorkerInProcess(LocalCommand.FreePort(), settings, configure);
        try
        {
            worker._host.Services.GetRequiredService<IStartupValidator>().Validate();
            worker._host.Services.GetRequiredService<HttpPort>().Listen();
            await worker._host.StartAsync();
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        _log.Dispose();
    }
}
