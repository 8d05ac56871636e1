using Spectre.Console;

namespace Dashtam.Jobs.Faults.Reports;

/// <summary>Where everything is printed.</summary>
internal static class Terminal
{
    private const int NarrowestWidth = 120;

    /// <summary>Standard output; where that is a file or a pipe, wide enough that no line of a table breaks.</summary>
    public static IAnsiConsole Console()
    {
        var console = AnsiConsole.Console;
        console.Profile.Width = Math.Max(console.Profile.Width, NarrowestWidth);
        return console;
    }
}
