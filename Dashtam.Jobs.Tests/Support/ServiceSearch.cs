using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Finds a service once for the whole run, in the first source that has it.</summary>
/// <param name="name">For a person: <c>Redis</c>, <c>PostgreSQL</c>.</param>
/// <param name="describe">What was found, for the line at the end of the run.</param>
/// <param name="sources">In the order in which they are tried.</param>
internal sealed class ServiceSearch<T>(string name, Func<T, string> describe, params ServiceSource<T>[] sources)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly List<string> _misses = [];
    private Task<T?>? _search;

    /// <summary>What the run used, or why it has none.</summary>
    public string Description => _search switch
    {
        null => $"{name} not needed",
        { IsCompletedSuccessfully: true, Result: { } found } => describe(found),
        _ => $"{name} missing ({Misses})",
    };

    private string Misses => string.Join("; ", _misses);

    /// <summary>The service. Where there is none, the calling test is ignored, or fails under <c>REQUIRE_SERVICES=1</c>.</summary>
    public async Task<T> GetAsync()
    {
        Task<T?> search;
        lock (_lock)
        {
            search = _search ??= Task.Run(SearchAsync);
        }

        return await search ?? throw Missing($"{name} is missing: {Misses}");
    }

    /// <summary>What a test ends with when its service is missing.</summary>
    public static Exception Missing(string reason) => TestServices.AreRequired
        ? new AssertionException($"{reason} (REQUIRE_SERVICES is set)")
        : new IgnoreException(reason);

    private async Task<T?> SearchAsync()
    {
        foreach (var source in sources.Where(source => source.IsReal || !TestServices.AreRequired))
        {
            try
            {
                return await source.StartAsync();
            }
            catch (Exception error)
            {
                _misses.Add($"{source.Name}: {error.Message.ReplaceLineEndings(" ")}");
            }
        }

        return null;
    }
}
