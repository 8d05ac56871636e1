namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Something of a user's that expires.</summary>
internal interface IExpiring
{
    Guid Id { get; }

    Guid UserId { get; }

    DateTimeOffset ExpiresAt { get; }
}
