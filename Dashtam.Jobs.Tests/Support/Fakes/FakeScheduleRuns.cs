using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Newest runs that a test sets.</summary>
internal sealed class FakeScheduleRuns : IScheduleRuns
{
    public string? Newest { get; set; }

    public int Asked { get; private set; }

    public Task<string?> GetNewestAsync(string queue, string scheduleId, CancellationToken cancellationToken)
    {
        Asked++;
        return Task.FromResult(Newest);
    }
}
