using Dashtam.Jobs.Core.Infrastructure.Database.Example;

namespace Dashtam.Jobs.Tests.Support.Fakes.Example;

/// <summary>As many untrusted sessions as a test says.</summary>
internal sealed class FakeUntrustedSessions : IUntrustedSessions
{
    public long Count { get; set; }

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(Count);
}
