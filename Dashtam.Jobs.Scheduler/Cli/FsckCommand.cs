using System.CommandLine;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Scheduler.Cli.Arguments;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary><c>fsck</c>: looks for what should not be in the queue, and mends it with <c>--repair</c>.</summary>
internal static class FsckCommand
{
    public static Command Create(IConfiguration configuration)
    {
        var repair = new Option<bool>("--repair") { Description = "Mend what can be mended." };
        var format = new ReportFormat("How the findings are printed.");
        var noProgress = new Option<bool>("--no-progress") { Description = "No progress bar, also on a terminal." };
        var queue = QueueOption.Create("The queue; that of JOBS_QUEUE_NAME unless it is said.");
        var command = new Command("fsck", "Check the queue's keys for inconsistencies. Safe while workers run. "
            + "Ends with 0: none, or all repaired; 1: some are left; 2: could not check.")
        {
            repair, format.Option, noProgress, queue,
        };
        command.SetAction((parsed, cancellationToken) => QueueCommand.RunAsync<QueueFsck>(
            configuration,
            parsed.GetValue(queue),
            fsck => RunAsync(
                fsck,
                new FsckOptions { Repair = parsed.GetValue(repair) },
                format.Choose<FsckReport>(parsed, FsckTable.WriteAsync, FsckJson.WriteAsync),
                showProgress: !parsed.GetValue(noProgress) && !Console.IsErrorRedirected,
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        QueueFsck fsck,
        FsckOptions options,
        Func<FsckReport, Task> write,
        bool showProgress,
        CancellationToken cancellationToken)
    {
        var report = showProgress
            ? await FsckProgressBar.ShowAsync(Console.Error, progress => fsck.RunAsync(options, progress, cancellationToken))
            : await fsck.RunAsync(options, progress: null, cancellationToken);
        await write(report);
        return report.IsClean ? ExitCodes.Ok : ExitCodes.Problems;
    }
}
