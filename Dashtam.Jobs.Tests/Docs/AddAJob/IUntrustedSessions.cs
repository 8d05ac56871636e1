namespace Dashtam.Jobs.Core.Infrastructure.Database.Example;

/// <summary>Sessions on devices that nobody has trusted: table <c>sessions</c>, read only.</summary>
internal interface IUntrustedSessions
{
    /// <summary>How many are not revoked.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);
}
