using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>Logs of both processes: one JSON object a line, or readable text when a person looks at a terminal.</summary>
internal static class JobsLogging
{
    /// <summary>Sources that say at INFO what nobody asked for: a line per request, per fire, per connection.</summary>
    private static readonly string[] Chatty =
    [
        "Microsoft.AspNetCore", "Microsoft.Extensions.Http", "Microsoft.Hosting.Lifetime", "Polly", "Quartz", "System.Net.Http",
    ];

    /// <summary>
    /// Replaces the host's loggers, and watches its loops for <see cref="HostRunner"/>; <c>LOG_LEVEL</c> is checked before the host starts.
    /// </summary>
    public static IServiceCollection AddJobsLogging(this IServiceCollection services)
    {
        services.AddSettings<LoggingOptions>();
        services.AddSingleton<EndedLoops>();
        services.AddHostedService(provider => provider.GetRequiredService<EndedLoops>());
        return services.AddSerilog((provider, logger) =>
            logger.LimitTo(provider.GetRequiredService<IOptions<LoggingOptions>>().Value.Level).ToConsole());
    }

    /// <summary>Drops what is below the level, and chatter below WARNING.</summary>
    public static LoggerConfiguration LimitTo(this LoggerConfiguration logger, LogVerbosity verbosity)
    {
        var level = Level(verbosity);
        logger.MinimumLevel.Is(level).Enrich.FromLogContext().Filter.ByExcluding(IsSaidAgain);
        foreach (var source in Chatty)
        {
            logger.MinimumLevel.Override(source, level > LogEventLevel.Warning ? level : LogEventLevel.Warning);
        }

        return logger;
    }

    /// <summary>Writes to standard output, as whoever reads it can use it, and lets nobody wait for whoever reads it.</summary>
    public static LoggerConfiguration ToConsole(this LoggerConfiguration logger)
    {
        // https://no-color.org
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        ITextFormatter formatter = Console.IsOutputRedirected ? new JsonLineFormatter() : new ReadableFormatter(colours);
        return logger.WriteTo.Sink(new ConsoleQueue(
            new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Console(formatter).CreateLogger(), TimeProvider.System));
    }

    /// <summary>The host's report of a failed start: <see cref="HostRunner"/> gives one that people can read.</summary>
    private static bool IsSaidAgain(LogEvent logEvent) => EventName.Of(logEvent) == "hosted_service_startup_faulted";

    private static LogEventLevel Level(LogVerbosity verbosity) => verbosity switch
    {
        LogVerbosity.Debug => LogEventLevel.Debug,
        LogVerbosity.Info => LogEventLevel.Information,
        LogVerbosity.Warning => LogEventLevel.Warning,
        LogVerbosity.Error => LogEventLevel.Error,
        LogVerbosity.Critical => LogEventLevel.Fatal,
        _ => throw new ArgumentOutOfRangeException(nameof(verbosity), verbosity, "There is no such level."),
    };
}
