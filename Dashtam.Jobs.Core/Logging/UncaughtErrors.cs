using Dashtam.Jobs.Core.Infrastructure.Redis;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// What nobody caught. On a thread of our own it ends the process, as the runtime would, but with a line and an exit code that
/// say so. In a task that nobody awaited it is told.
/// </summary>
internal sealed class UncaughtErrors : IDisposable
{
    public UncaughtErrors()
    {
        AppDomain.CurrentDomain.UnhandledException += End;
        TaskScheduler.UnobservedTaskException += Tell;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= End;
        TaskScheduler.UnobservedTaskException -= Tell;
    }

    private static void End(object sender, UnhandledExceptionEventArgs uncaught)
    {
        if (uncaught.ExceptionObject is Exception error)
        {
            Environment.Exit(StartupFailure.ReportEnd(error));
        }
    }

    private static void Tell(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        // What was given up at its deadline fails later, with nobody there: that was told when it was given up.
        var error = unobserved.Exception.GetBaseException();
        if (!RedisFailure.Is(error) && error is not OperationCanceledException)
        {
            StartupFailure.ReportUnobserved(error);
        }
    }
}
