using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Last runs that a test sets.</summary>
internal sealed class FakeScheduleRuns : IScheduleRuns
{
    public string? Last { get; set; }

    public int Asked { get; private set; }

    public Task<string?> GetLastAsync(string scheduleId, CancellationToken cancellationToken)
    {
        Asked++;
        return Task.FromResult(Last);
    }
}
