using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Extensions.Logging;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>The last line of a process that could not start, or could not go on.</summary>
internal static partial class StartupFailure
{
    /// <summary>What the process ends with.</summary>
    public const int ExitCode = 1;

    /// <summary>Writes one line, <c>startup_failed</c>, where the logs go. Settings are named without a stack trace.</summary>
    /// <returns>The exit code, not 0.</returns>
    public static int Report(Exception exception)
    {
        using var factory = Factory();
        Log(factory.CreateLogger("startup"), exception);
        return ExitCode;
    }

    /// <summary>The same of a process that had started, <c>process_failed</c>.</summary>
    /// <returns>The exit code, not 0.</returns>
    public static int ReportEnd(Exception exception)
    {
        using var factory = Factory();
        LogProcessFailed(factory.CreateLogger("shutdown"), exception, exception.Message);
        return ExitCode;
    }

    /// <summary>Writes one line about a process that its watchdog ends.</summary>
    public static void ReportDeadlock(string deadlock)
    {
        using var factory = Factory();
        LogDeadlocked(factory.CreateLogger("watchdog"), deadlock);
    }

    /// <summary>Writes one line about an exception in a task that nobody awaited; the process goes on.</summary>
    public static void ReportUnobserved(Exception exception)
    {
        using var factory = Factory();
        LogUnobserved(factory.CreateLogger("process"), exception, exception.Message);
    }

    /// <summary>The same as <see cref="Report"/>, to a logger.</summary>
    public static void Log(Microsoft.Extensions.Logging.ILogger logger, Exception exception)
    {
        var settings = SettingProblem(exception);
        if (settings.Length > 0)
        {
            LogStartupFailed(logger, exception: null, settings);
        }
        else
        {
            LogStartupFailed(logger, exception, exception.Message);
        }
    }

    /// <summary>The settings that are wrong and what is allowed; empty when the failure is another one.</summary>
    public static string SettingProblem(Exception exception) => string.Join(' ', SettingFailures(exception));

    // The host's own logger may not exist yet, or be disposed already.
    private static SerilogLoggerFactory Factory() =>
        new(new LoggerConfiguration().ToConsole().CreateLogger(), dispose: true);

    private static IEnumerable<string> SettingFailures(Exception exception) => exception switch
    {
        AggregateException several => several.Flatten().InnerExceptions
            .SelectMany(SettingFailures).Distinct(StringComparer.Ordinal),
        OptionsValidationException options => options.Failures,
        InvalidSettingException setting => [setting.Message],
        _ => [],
    };

    [LoggerMessage(EventName = "startup_failed", Level = LogLevel.Critical, Message = "Cannot start: {Reason}")]
    private static partial void LogStartupFailed(
        Microsoft.Extensions.Logging.ILogger logger, Exception? exception, string reason);

    [LoggerMessage(EventName = "process_deadlocked", Level = LogLevel.Critical,
        Message = "The process is deadlocked: {Deadlock}. It ends with exit code 75, so that its supervisor restarts "
            + "it; other workers recover its jobs")]
    private static partial void LogDeadlocked(Microsoft.Extensions.Logging.ILogger logger, string deadlock);

    [LoggerMessage(EventName = "task_failed_unobserved", Level = LogLevel.Error,
        Message = "A task that nobody awaited failed: {Reason}. The process goes on. This is a defect of the service: "
            + "report it with this line")]
    private static partial void LogUnobserved(
        Microsoft.Extensions.Logging.ILogger logger, Exception? exception, string reason);

    [LoggerMessage(EventName = "process_failed", Level = LogLevel.Critical, Message = "The process ends because of a failure: {Reason}")]
    private static partial void LogProcessFailed(
        Microsoft.Extensions.Logging.ILogger logger, Exception? exception, string reason);
}
