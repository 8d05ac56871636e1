using System.Globalization;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Scheduler;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The scheduler's services, without its web server, within the process of the tests: for jobs that only a test declares.</summary>
internal sealed class SchedulerInProcess : IAsyncDisposable
{
    private readonly LogLines _log = new(LogVerbosity.Info);
    private readonly IHost _host;

    private SchedulerInProcess(IEnumerable<(string Name, string Value)> settings, Type[] jobs)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        var port = ("JOBS_HTTP_PORT", LocalCommand.FreePort().ToString(CultureInfo.InvariantCulture));
        builder.Configuration.AddInMemoryCollection(settings.Append(port)
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        builder.Services.AddSingleton(TimeProvider.System).AddScheduler(
            new LocalMode(EmbedsRedis: false, EmbedsDatabase: false, RedisPort: 0),
            HttpPort.Choose(builder.Configuration, SchedulerHost.DefaultPort, mayFallOver: false));
        builder.Services.Replace(ServiceDescriptor.Singleton(_log.Factory));
        builder.Services.Replace(ServiceDescriptor.Singleton(provider => new JobCatalog(
            jobs, provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<ILogger<JobCatalog>>())));
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public IReadOnlyList<string> Lines => _log.Lines;

    public static async Task<SchedulerInProcess> StartAsync(Type[] jobs, params (string Name, string Value)[] settings)
    {
        var scheduler = new SchedulerInProcess(settings, jobs);
        await scheduler._host.StartAsync();
        return scheduler;
    }

    /// <summary>What <c>/health/ready</c> says of firing.</summary>
    public async Task<HealthReportEntry> HealthAsync() =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(CancellationToken.None)).Entries["scheduler"];

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        _log.Dispose();
    }
}
