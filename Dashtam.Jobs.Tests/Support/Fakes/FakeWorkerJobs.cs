using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>The jobs that a test says workers know.</summary>
internal sealed class FakeWorkerJobs : IWorkerJobs
{
    public HashSet<string> Jobs { get; } = new(StringComparer.Ordinal);

    public Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(Jobs.ToHashSet(StringComparer.Ordinal));
}
