using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Scheduler.Cli;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Scheduler.Health;
using Dashtam.Jobs.Scheduler.LocalRun;

const int defaultPort = 8080;
var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
return args switch
{
    [] => await HostRunner.RunAsync(() => Build(args)),
    [HealthProbe.Argument] => await HealthProbe.RunAsync(configuration, defaultPort),
    _ => await Commands.RunAsync(args, configuration),
};

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
        .AddLocalRun(local) // before the connections: they find the embedded server running
        .AddJobQueue(local, http)
        .AddDatabase()
        .AddFiring(local);

    var app = builder.Build();
    app.Services.GetRequiredService<ScheduleCatalog>(); // a bad cron ends the process before anything is touched
    app.MapHealth();
    return app;
}
