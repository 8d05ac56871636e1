using System.CommandLine;
using System.CommandLine.Completions;
using System.Reflection;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Scheduler.Cli;
using Microsoft.Extensions.Configuration;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>What can be asked of scheduler and worker by arguments, from the commands themselves.</summary>
internal static class CommandLinePage
{
    public static string Write()
    {
        var root = Commands.Create(new ConfigurationBuilder().Build());
        return $"""
            # Command line

            Without arguments scheduler and worker run until SIGTERM. With `{HealthProbe.Argument}` each asks a process of its kind on the same machine
            whether it is ready, prints the answer, and ends with 0 when it is ready, else with 1: the images' health checks call it. Settings are
            [environment variables](settings.md); no argument sets one.

            ```text
            dotnet Dashtam.Jobs.Worker.dll [{HealthProbe.Argument}]
            dotnet Dashtam.Jobs.Scheduler.dll [{HealthProbe.Argument} | {string.Join(" | ", root.Subcommands.Select(command => command.Name))}]
            ```

            The scheduler's commands end with:

            {ExitCodeTable()}
            {string.Join('\n', root.Subcommands.Select(Section))}
            """;
    }

    private static string Section(Command command)
    {
        var table = new MarkdownTable("option", "values", "what");
        foreach (var option in command.Options)
        {
            _ = table.Add($"`{option.Name}`", Values(option), option.Description ?? "");
        }

        return $"""
            ## {command.Name}

            {command.Description}

            {table}
            """;
    }

    private static string Values(Option option)
    {
        if (option.ValueType == typeof(bool))
        {
            return "";
        }

        var values = string.Join(", ", option.GetCompletions(CompletionContext.Empty).Select(value => $"`{value.Label}`"));
        return option.HasDefaultValue ? $"{values}; default `{option.GetDefaultValue()}`" : values;
    }

    private static string ExitCodeTable()
    {
        var docs = XmlDocs.Of(typeof(ExitCodes).Assembly);
        var table = new MarkdownTable("exit code", "what");
        foreach (var code in typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            _ = table.Add($"{code.GetRawConstantValue()}", docs.Summary(code));
        }

        return table.ToString();
    }
}
