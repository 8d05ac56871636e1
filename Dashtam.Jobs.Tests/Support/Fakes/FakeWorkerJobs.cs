using Dashtam.Jobs.Core.Queue.Leases;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>The jobs that a test says workers know.</summary>
internal sealed class FakeWorkerJobs : IWorkerJobs
{
    public HashSet<string> Jobs { get; } = new(StringComparer.Ordinal);

    public Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(Jobs.ToHashSet(StringComparer.Ordinal));

    public Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadEachAsync(int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, IReadOnlySet<string>>>(
            new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal) { ["w"] = Jobs });
}
