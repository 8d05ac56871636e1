using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]

// Of the fixtures that say [Parallelizable]: they start processes and wait for them. The others run one after another, afterwards.
// Four, for two cores: a worker that starts takes one core for 0.7 s, and then its test waits for seconds.
[assembly: LevelOfParallelism(4)]

namespace Dashtam.Jobs.Tests;

/// <summary>Around the whole run: stops what was started, and says what it ran on.</summary>
[SetUpFixture]
internal sealed class RunSetUp
{
    [OneTimeTearDown]
    public static async Task StopServices()
    {
        var services = $"services: {TestServices.Description}";
        var failures = await RunEnd.StopEverythingAsync();

        // What goes to Error is shown at every verbosity of `dotnet test`; Progress only at normal.
        foreach (var line in (string[])[services, .. failures.Select(failure => $"not stopped: {failure}")])
        {
            await TestContext.Error.WriteLineAsync(line);
        }
    }
}
