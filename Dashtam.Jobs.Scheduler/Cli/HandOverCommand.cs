using System.CommandLine;
using Dashtam.Jobs.Core.Queue.HandOver;
using Dashtam.Jobs.Scheduler.Cli.Arguments;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary><c>hand-over</c>: gives the queue back to the Python service. It only looks, unless it is told to move with <c>--yes</c>.</summary>
internal static class HandOverCommand
{
    public static Command Create(IConfiguration configuration)
    {
        var yes = new Option<bool>("--yes") { Description = "Move the jobs. Without it only what would be moved is shown." };
        var delayed = new Option<bool>("--delayed")
        {
            Description = "Delayed jobs too: Python knows no due times, so that they run at once.",
        };
        var format = new ReportFormat("How the report is printed.");
        var queue = QueueOption.Create("The queue; that of JOBS_QUEUE_NAME unless it is said.");
        var command = new Command("hand-over", "Give the queue back to the Python service: jobs that Python cannot see (parked, "
            + "isolated, held by workers that are gone) become ready. All workers must have stopped. Ends with 0: nothing is left to be "
            + "moved; 1: something is; 2: a worker is alive, or the queue could not be looked at.")
        {
            yes, delayed, format.Option, queue,
        };
        command.SetAction((parsed, cancellationToken) => QueueCommand.RunAsync<QueueHandOver>(
            configuration,
            parsed.GetValue(queue),
            handOver => RunAsync(
                handOver,
                new HandOverOptions { Move = parsed.GetValue(yes), Delayed = parsed.GetValue(delayed) },
                format.Choose<HandOverReport>(parsed, HandOverTable.WriteAsync, HandOverJson.WriteAsync),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        QueueHandOver handOver,
        HandOverOptions options,
        Func<HandOverReport, Task> write,
        CancellationToken cancellationToken)
    {
        try
        {
            var report = await handOver.RunAsync(options, cancellationToken);
            await write(report);
            return report.IsDone ? ExitCodes.Ok : ExitCodes.Problems;
        }
        catch (WorkersAliveException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return ExitCodes.CouldNotRun;
        }
    }
}
