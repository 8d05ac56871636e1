using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Settings;

[Category("Unit")]
internal sealed class OldSettingsTests
{
    [Test]
    public async Task The_old_name_of_a_setting_is_said_once_with_its_successor()
    {
        using var log = new LogLines();

        await StartAsync(log, new QueueOptions { BareKey = BareResultKey.Json });
        await StartAsync(log, new QueueOptions { TaskiqResults = TaskiqResults.Json });

        var line = log.Single();
        Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("setting_deprecated"));
        Assert.That($"{line}", Does.Contain("JOB_RESULT_BARE_KEY").And.Contain("JOBS_TASKIQ_RESULTS=JSON"));
    }

    private static Task StartAsync(LogLines log, QueueOptions options) =>
        new OldSettings(Options.Create(options), log.Factory.CreateLogger<OldSettings>()).StartAsync(CancellationToken.None);
}
