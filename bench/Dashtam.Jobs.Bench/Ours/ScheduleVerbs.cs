using System.Globalization;
using System.Runtime.InteropServices;
using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Verbs;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Scheduler;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>The scheduler as it is shipped, with the benchmark's schedules.</summary>
internal static class ScheduleVerbs
{
    public const string Scheduler = "scheduler";
    public const string TickWorker = "tick-worker";

    private const int TickConcurrency = 50;

    /// <summary>Starts a scheduler and a worker, each a process as in production, and stops them on SIGTERM.</summary>
    public static async Task<int> EverySecondAsync(VerbArguments arguments)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onStop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.TrySetResult();
        });
        var schedules = arguments.Schedules.ToString(CultureInfo.InvariantCulture);
        await using var worker = Start(
            Peer.OfThisProgram(Peer.OursName), TickWorker, arguments.Redis, ["--record", arguments.Record]);
        await using var scheduler = Start(
            Peer.OfThisProgram(Peer.OursName).Scheduler(), Scheduler, arguments.Redis, ["--schedules", schedules]);
        await stop.Task;
        await Task.WhenAll(scheduler.StopAsync(), worker.StopAsync());
        return 0;
    }

    /// <summary>Runs a scheduler until SIGTERM; with no schedules asked for, with one that does not fire.</summary>
    public static Task<int> SchedulerAsync(VerbArguments arguments) =>
        HostRunner.RunAsync(() => BuildScheduler(arguments));

    /// <summary>Runs a worker on the schedules' jobs until SIGTERM.</summary>
    public static async Task<int> TickWorkerAsync(VerbArguments arguments)
    {
        using var recorder = new LagRecorder(arguments.Record, TimeProvider.System);
        return await HostRunner.RunAsync(() => WorkerVerb.Build(
            arguments with { Concurrency = TickConcurrency }, Tick.Types, services => services.AddSingleton(recorder)));
    }

    private static PeerProcess Start(Peer peer, string verb, string redis, string[] rest) =>
        PeerProcess.Start(peer.Program, [.. peer.Arguments(verb), "--redis", redis, .. rest], peer.Environment);

    private static WebApplication BuildScheduler(VerbArguments arguments)
    {
        Settings.Set(arguments.Redis);
        Type[] jobs = arguments.Schedules > 0 ? Tick.Types[..arguments.Schedules] : [typeof(YearlyTick)];
        return SchedulerHost.Build(TimeProvider.System, services => services.WithJobs(jobs));
    }
}
