using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Worker;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
return args is [HealthProbe.Argument]
    ? await HealthProbe.RunAsync(configuration, WorkerHost.DefaultPort)
    : await HostRunner.RunAsync(() => WorkerHost.Build());
