using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]

// Fixtures run side by side, but for those that say [NonParallelizable], because they change something of the whole process; these
// run one after another, afterwards. The tests within a fixture run one after another unless the fixture says otherwise.
[assembly: Parallelizable(ParallelScope.Fixtures)]

// Four, for two cores: a worker that starts takes one core for 0.7 s, and then its test waits for seconds. With six, a scheduler that must
// fire every two seconds once stood still for as long.
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
