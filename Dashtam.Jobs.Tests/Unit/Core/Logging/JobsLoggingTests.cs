using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed class JobsLoggingTests
{
    [TestCase(null, LogLevel.Information)]
    [TestCase("", LogLevel.Information)]
    [TestCase("DEBUG", LogLevel.Debug)]
    [TestCase("info", LogLevel.Information)]
    [TestCase("Warning", LogLevel.Warning)]
    [TestCase("ERROR", LogLevel.Error)]
    [TestCase("CRITICAL", LogLevel.Critical)]
    public void The_setting_says_what_is_written(string? setting, LogLevel lowest)
    {
        using var services = Services(setting);

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Dashtam.Jobs.Worker");

        Assert.That(Enum.GetValues<LogLevel>().Where(logger.IsEnabled).Min(), Is.EqualTo(lowest));
    }

    [TestCase("LOUD")]
    [TestCase("3")]
    public void A_level_that_does_not_exist_stops_the_start(string setting)
    {
        using var services = Services(setting);

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ILoggerFactory>());

        Assert.That(
            error.Failures.Single(),
            Is.EqualTo($"LOG_LEVEL: '{setting}' is not allowed; allowed is DEBUG, INFO, WARNING, ERROR, CRITICAL."));
    }

    [TestCase("Quartz.Core.QuartzSchedulerThread", LogVerbosity.Debug, LogLevel.Warning)]
    [TestCase("Microsoft.AspNetCore.Hosting.Diagnostics", LogVerbosity.Info, LogLevel.Warning)]
    [TestCase("System.Net.Http.HttpClient.api.LogicalHandler", LogVerbosity.Critical, LogLevel.Critical)]
    [TestCase("Microsoft.Hosting.Lifetime", LogVerbosity.Info, LogLevel.Warning)]
    public void Libraries_that_say_much_are_quiet(string source, LogVerbosity verbosity, LogLevel lowest)
    {
        using var lines = new LogLines(verbosity);

        var logger = lines.Factory.CreateLogger(source);

        Assert.That(Enum.GetValues<LogLevel>().Where(logger.IsEnabled).Min(), Is.EqualTo(lowest));
    }

    [Test]
    public void A_failed_start_is_reported_once_by_us()
    {
        using var lines = new LogLines();
        var id = new EventId(11, "HostedServiceStartupFaulted");

        lines.Factory.CreateLogger("Microsoft.Extensions.Hosting.Internal.Host")
            .Log(LogLevel.Error, id, "Hosting failed to start", exception: null, (state, _) => state);

        Assert.That(lines.Lines, Is.Empty);
    }

    private static ServiceProvider Services(string? level)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("LOG_LEVEL", level)])
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddJobsLogging()
            .BuildServiceProvider();
    }
}
