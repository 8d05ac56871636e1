using System.Collections.Concurrent;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>What Redis last said against the user or the password of each connection, until it takes them again.</summary>
internal sealed class RedisRefusal
{
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>For health, with the server's words; null: it takes them.</summary>
    public string? Describe() =>
        _problems.Values.FirstOrDefault() is { } problem ? $"Redis refuses the login ({problem})" : null;

    /// <summary>Redis refused.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Tell(string purpose, string problem)
    {
        var before = _problems.GetValueOrDefault(purpose);
        _problems[purpose] = problem;
        return before != problem;
    }

    /// <summary>Redis took them.</summary>
    public void Forget(string purpose) => _problems.TryRemove(purpose, out _);
}
