using System.CommandLine;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Scheduler.Cli.Arguments;

/// <summary>The option <c>--queue</c> of commands that look after one queue.</summary>
internal static class QueueOption
{
    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>("--queue") { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && !QueueName.IsAllowed(name))
            {
                result.AddError($"--queue: no queue may be called '{SettingText.Shown(name)}'; allowed is {QueueName.Rule}.");
            }
        });
        return option;
    }
}
