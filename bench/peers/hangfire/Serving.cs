using System.Runtime.InteropServices;

namespace Hangfire.Peer;

/// <summary>The verbs that run a Hangfire server, until SIGTERM.</summary>
internal static class Serving
{
    public static void Work(Options options)
    {
        BenchJob.RecordInto(options.Record, options.SleepMs);
        options.Connect();
        Serve(new BackgroundJobServerOptions { WorkerCount = options.Concurrency });
    }

    /// <summary>Schedules of every second need a server that looks every second, the documentation says.</summary>
    public static void ScheduleEverySecond(Options options)
    {
        BenchJob.RecordLagsInto(options.Record);
        options.Connect();
        var schedules = new RecurringJobManager();
        for (var i = 0; i < options.Schedules; i++)
        {
            var s = i;
            schedules.AddOrUpdate($"every-second-{s}", () => BenchJob.RunEverySecond(s, null!), "* * * * * *");
        }

        Serve(new BackgroundJobServerOptions
        {
            WorkerCount = options.Concurrency,
            SchedulePollingInterval = TimeSpan.FromSeconds(1),
        });
    }

    private static void Serve(BackgroundJobServerOptions serverOptions)
    {
        using var stop = new ManualResetEventSlim();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Set();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var server = new BackgroundJobServer(serverOptions);
        stop.Wait();
    }
}
