using System.CommandLine;
using Dashtam.Jobs.Scheduler.Cli.Acl;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>What an operator can ask for. A new command is a file of its own and a line here.</summary>
internal static class Commands
{
    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>The command's exit code; 2 with the usage when there is no such command or option.</returns>
    public static async Task<int> RunAsync(string[] args, IConfiguration configuration)
    {
        var root = Create(configuration);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync();
        }

        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        await root.Parse([.. parsed.CommandResult.Command == root ? [] : new[] { parsed.CommandResult.Command.Name }, "--help"])
            .InvokeAsync(new InvocationConfiguration { Output = Console.Error });
        return ExitCodes.CouldNotRun;
    }

    /// <summary>All commands, for settings from this configuration.</summary>
    public static RootCommand Create(IConfiguration configuration) =>
        new("Dashtam.Jobs' scheduler. Without arguments it runs; a command looks after its queue.")
        {
            FsckCommand.Create(configuration),
            HandOverCommand.Create(configuration),
            AclCommand.Create(configuration),
        };
}

/// <summary>What a command ends with.</summary>
internal static class ExitCodes
{
    /// <summary>All is well, or well again.</summary>
    public const int Ok = 0;

    /// <summary>Something is wrong and still is.</summary>
    public const int Problems = 1;

    /// <summary>Nothing was found out: a wrong option or setting, a state that the command refuses, or Redis is away.</summary>
    public const int CouldNotRun = 2;
}
