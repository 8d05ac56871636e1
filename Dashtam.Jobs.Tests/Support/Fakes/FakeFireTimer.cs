using Dashtam.Jobs.Scheduler.Firing;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Counts how often the next times were worked out anew.</summary>
internal sealed class FakeFireTimer : IFireTimer
{
    public int Realigned { get; private set; }

    public Task RealignAsync(CancellationToken cancellationToken)
    {
        Realigned++;
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> ContinueAsync(
        FiringSchedule firing, DateTimeOffset instant, CancellationToken cancellationToken) =>
        Task.FromResult(firing.Times.NextAfter(instant));
}
