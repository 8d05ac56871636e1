using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Core.Tasks;
using Dashtam.Jobs.Worker.Health;

namespace Dashtam.Jobs.Worker;

/// <summary>The worker's process, put together from the environment.</summary>
internal static class WorkerHost
{
    /// <summary>Where health is served unless <c>JOBS_HTTP_PORT</c> says otherwise.</summary>
    public const int DefaultPort = 8081;

    /// <param name="configure">Adds to the services, or replaces some; null: the worker as it is.</param>
    /// <param name="settings">In place of the environment's variables; null: those.</param>
    public static WebApplication Build(
        Action<IServiceCollection>? configure = null, IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        // The program's own folder: whatever lies in the current one is neither read nor watched.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                ContentRootPath = AppContext.BaseDirectory,
                EnvironmentName = OwnVariables.ChosenEnvironment(),
            });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings ?? OwnVariables.Read()); // the one source of configuration

        var local = LocalMode.From(builder.Environment, builder.Configuration);
        var http = HttpPort.Choose(builder.Configuration, DefaultPort, mayFallOver: local.EmbedsRedis);
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => http.Listen());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(http.EndPoint);
        });
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) => services.StartServerFirst());

        builder.Services.AddWorker(local, http, QueueWorkers.Served(builder.Configuration[WorkerOptions.QueuesSetting], "").Count);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapHealth();
        return app;
    }

    /// <summary>All that a worker is made of, besides the web host.</summary>
    public static IServiceCollection AddWorker(this IServiceCollection services, LocalMode local, HttpPort http, int queues = 1) => services
        .AddJobsLogging()
        .AddJobQueue(local, http, users => users.Worker)
        .AddJobExecution()
        .AddDatabase()
        .AddNotices()
        .AddDashtamApi()
        .AddJobs()
        .AddWorkerLoops(queues);
}
