using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Newest runs that a test sets.</summary>
internal sealed class FakeScheduleRuns : IScheduleRuns
{
    public string? Newest { get; set; }

    public int Asked { get; private set; }

    /// <summary>What each answer waits for.</summary>
    public Task Answer { get; set; } = Task.CompletedTask;

    public async Task<string?> GetNewestAsync(string queue, string scheduleId, CancellationToken cancellationToken)
    {
        Asked++;
        await Answer.WaitAsync(cancellationToken);
        return Newest;
    }
}
