namespace Dashtam.Jobs.Tests.Support;

/// <summary>One place where a service for the tests may come from.</summary>
/// <param name="Name">For the list of what was tried.</param>
/// <param name="IsReal">Whether it counts where <c>REQUIRE_SERVICES</c> is set.</param>
/// <param name="StartAsync">Starts it, or throws with the reason why there is none.</param>
internal sealed record ServiceSource<T>(string Name, bool IsReal, Func<Task<T>> StartAsync);

/// <summary>This source has nothing to offer on this machine.</summary>
internal sealed class NoServiceException(string reason) : Exception(reason);
