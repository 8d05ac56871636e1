using Spectre.Console;

namespace Dashtam.Jobs.Bench;

/// <summary>Shows how far a session is: a bar on a terminal, else a line for each run.</summary>
internal static class Progress
{
    public static Task ShowAsync(IAnsiConsole console, int steps, Func<Action<string>, Task> work)
    {
        if (!console.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            var done = 0;
            return work(what => console.WriteLine($"[{++done}/{steps}] {what}"));
        }

        return console.Progress().AutoClear(enabled: false)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("start", maxValue: steps);
                var started = false;
                await work(what =>
                {
                    task.Increment(started ? 1 : 0);
                    (started, task.Description) = (true, Markup.Escape(what));
                });
                task.Value = steps;
            });
    }
}
