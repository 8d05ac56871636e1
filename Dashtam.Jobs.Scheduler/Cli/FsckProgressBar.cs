using Dashtam.Jobs.Core.Queue.Fsck;
using Spectre.Console;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>The progress of <c>fsck</c>, for standard error, so that standard output can be a file.</summary>
internal static class FsckProgressBar
{
    public static async Task<FsckReport> ShowAsync(TextWriter errors, Func<IProgress<FsckProgress>, Task<FsckReport>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(errors) });
        return await console.Progress()
            .AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => run(new Bar(context.AddTask("fsck", autoStart: true, maxValue: 1))));
    }

    /// <summary>Reports at once; <see cref="Progress{T}"/> would do it on the thread pool, out of order.</summary>
    private sealed class Bar(ProgressTask task) : IProgress<FsckProgress>
    {
        public void Report(FsckProgress value)
        {
            task.Description = $"{Markup.Escape(value.Check)} ({value.Examined} looked at)";
            task.Value = value.Share;
        }
    }
}
