using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Scheduler.Health;
using Dashtam.Jobs.Scheduler.LocalRun;

namespace Dashtam.Jobs.Scheduler;

/// <summary>The scheduler's process, put together from the environment.</summary>
internal static class SchedulerHost
{
    /// <summary>Where health is served unless <c>JOBS_HTTP_PORT</c> says otherwise.</summary>
    public const int DefaultPort = 8080;

    /// <param name="time">The clock of everything in it, Quartz included.</param>
    /// <param name="configure">Adds to the services, or replaces some; null: the scheduler as it is.</param>
    public static WebApplication Build(TimeProvider time, Action<IServiceCollection>? configure = null)
    {
        // The program's own folder: whatever lies in the current one is neither read nor watched.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                ContentRootPath = AppContext.BaseDirectory,
                EnvironmentName = OwnVariables.ChosenEnvironment(),
            });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddOwnVariables(); // the one source of configuration

        var local = LocalMode.From(builder.Environment, builder.Configuration);
        var http = HttpPort.Choose(builder.Configuration, DefaultPort, mayFallOver: local.EmbedsRedis);
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => http.Listen());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(http.EndPoint);
        });
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) => services.StartServerFirst());

        builder.Services.AddSingleton(time).AddScheduler(local, http);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.Services.GetRequiredService<ScheduleCatalog>(); // a bad cron ends the process before anything is touched
        app.MapHealth();
        return app;
    }

    /// <summary>All that a scheduler is made of, besides the web host and the clock.</summary>
    public static IServiceCollection AddScheduler(this IServiceCollection services, LocalMode local, HttpPort http) => services
        .AddJobsLogging()
        .AddLocalRun(local) // before the connections: they find the embedded server running
        .AddJobQueue(local, http, users => users.Scheduler)
        .AddDatabase()
        .AddFiring(local);
}
