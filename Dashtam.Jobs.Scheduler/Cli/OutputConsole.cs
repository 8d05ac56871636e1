using Spectre.Console;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>Standard output, for tables.</summary>
internal static class OutputConsole
{
    /// <summary>A pipe has no width; lines that are broken at 80 characters could not be searched.</summary>
    private const int WidthOfPipe = 240;

    public static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthOfPipe;
        }

        return console;
    }
}
