using System.Collections.Concurrent;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What has to be stopped when the run ends: last started, first stopped.</summary>
internal static class RunEnd
{
    private static readonly ConcurrentStack<Func<Task>> Cleanups = new();

    public static void Add(Func<Task> cleanup) => Cleanups.Push(cleanup);

    /// <summary>Stops everything; one that cannot be stopped does not keep the others alive.</summary>
    /// <returns>What went wrong, a line each.</returns>
    public static async Task<IReadOnlyList<string>> StopEverythingAsync()
    {
        var failures = new List<string>();
        while (Cleanups.TryPop(out var cleanup))
        {
            try
            {
                await cleanup();
            }
            catch (Exception error)
            {
                failures.Add(error.Message);
            }
        }

        return failures;
    }
}
