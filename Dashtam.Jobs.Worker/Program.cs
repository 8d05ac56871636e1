using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Worker;

var configuration = new ConfigurationBuilder().AddOwnVariables().Build();
return args is [HealthProbe.Argument]
    ? await HealthProbe.RunAsync(configuration, WorkerHost.DefaultPort)
    : await HostRunner.RunAsync(() => WorkerHost.Build());
