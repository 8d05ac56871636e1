using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Scheduler.Cli;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
return args switch
{
    [] => await HostRunner.RunAsync(() => SchedulerHost.Build(TimeProvider.System)),
    [HealthProbe.Argument] => await HealthProbe.RunAsync(configuration, SchedulerHost.DefaultPort),
    _ => await Commands.RunAsync(args, configuration),
};
