using System.Text.Json;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed class StartupFailureTests
{
    private static readonly OptionsValidationException BadWorker =
        new("", typeof(LoggingOptions), ["WORKER_CONCURRENCY: 'abc' is not allowed.", "WORKER_LEASE_SECONDS: too short."]);

    private static readonly InvalidSettingException BadRedis = new("REDIS_URL", "is required");

    [Test]
    public void All_bad_settings_are_in_one_line_without_a_stack_trace()
    {
        var line = Report(new AggregateException(BadWorker, BadRedis));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("startup_failed"));
            Assert.That(line.GetProperty("level").GetString(), Is.EqualTo("critical"));
            Assert.That(
                line.GetProperty("message").GetString(),
                Is.EqualTo("Cannot start: WORKER_CONCURRENCY: 'abc' is not allowed. "
                    + "WORKER_LEASE_SECONDS: too short. REDIS_URL: is required."));
            Assert.That(line.TryGetProperty("exception", out _), Is.False);
        }
    }

    [Test]
    public void Anything_else_keeps_its_stack_trace()
    {
        var line = Report(new InvalidOperationException("no such service"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("message").GetString(), Is.EqualTo("Cannot start: no such service"));
            Assert.That(line.GetProperty("exception").GetString(), Does.Contain("InvalidOperationException"));
        }
    }

    [Test]
    public async Task A_process_whose_host_cannot_be_built_ends_with_a_failure()
    {
        var exitCode = await HostRunner.RunAsync(() => throw BadRedis);

        Assert.That(exitCode, Is.Not.Zero);
    }

    private static JsonElement Report(Exception exception)
    {
        using var lines = new LogLines();
        StartupFailure.Log(lines.Factory.CreateLogger("startup"), exception);
        return lines.Single();
    }
}
