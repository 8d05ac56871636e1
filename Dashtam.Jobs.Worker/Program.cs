using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Tasks;
using Dashtam.Jobs.Worker;
using Dashtam.Jobs.Worker.Health;

const int defaultPort = 8081;
var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
return args is [HealthProbe.Argument]
    ? await HealthProbe.RunAsync(configuration, defaultPort)
    : await HostRunner.RunAsync(() => Build(args));

static WebApplication Build(string[] args)
{
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.Configuration.Sources.Clear();
    builder.Configuration.AddEnvironmentVariables(); // the one source of configuration

    var local = LocalMode.From(builder.Environment, builder.Configuration);
    var http = HttpPort.Choose(builder.Configuration, defaultPort, mayFallOver: local.EmbedsRedis);
    builder.WebHost.UseUrls(http.Url(loopbackOnly: local.EmbedsRedis));
    if (http.Bound is { } bound)
    {
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => bound);
    }

    builder.Services
        .AddJobsLogging()
        .AddJobQueue(local, http)
        .AddJobExecution()
        .AddDatabase()
        .AddNotices()
        .AddDashtamApi()
        .AddExpiryChecks()
        .AddWorkerLoops();

    var app = builder.Build();
    app.MapHealth();
    return app;
}
