using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Scheduler.Cli;

var configuration = new ConfigurationBuilder().AddOwnVariables().Build();
return args switch
{
    [] => await HostRunner.RunAsync(() => SchedulerHost.Build(TimeProvider.System)),
    [HealthProbe.Argument] => await HealthProbe.RunAsync(configuration, SchedulerHost.DefaultPort),
    _ => await Commands.RunAsync(args, configuration),
};
