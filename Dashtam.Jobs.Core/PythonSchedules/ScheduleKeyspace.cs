using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>A page of a scan.</summary>
/// <param name="Cursor">Where the next page begins; null: this was the last one.</param>
/// <param name="Found">What it has found.</param>
internal sealed record ScanPage(string? Cursor, IReadOnlyList<string> Found);

/// <summary>The whole keyspace, page by page, by one scheduler of all.</summary>
internal interface IScheduleKeyspace
{
    /// <summary>Whether the caller is the one that scans, for as long as is given.</summary>
    Task<bool> HoldAsync(string me, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Keys of both sources; other keys are passed over in Redis.</summary>
    /// <param name="cursor">Where the last page ended; null: begin.</param>
    /// <param name="visited">How many keys Redis looks at.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<ScanPage> ScanAsync(string? cursor, int visited, CancellationToken cancellationToken);

    /// <summary>Of how many entries something is known.</summary>
    Task<long> CountKnownAsync(CancellationToken cancellationToken);

    /// <summary>Names of entries of which something is known.</summary>
    Task<ScanPage> KnownAsync(string? cursor, CancellationToken cancellationToken);

    /// <summary>The entries that are gone.</summary>
    /// <param name="names">Each name once.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<IReadOnlyList<string>> GoneAsync(IReadOnlyList<string> names, CancellationToken cancellationToken);
}

/// <summary>The keyspace in Redis.</summary>
internal sealed class ScheduleKeyspace(IRedisConnections connections, QueueKeys keys, ScheduleSource source) : IScheduleKeyspace
{
    private const string Start = "0";

    private readonly RedisScript _hold = RedisScript.Load("hold_python_scan.lua");

    private IDatabase Database => connections.Queue;

    public async Task<bool> HoldAsync(string me, TimeSpan duration, CancellationToken cancellationToken) =>
        (int)await _hold.RunAsync(Database, [keys.PythonScan], [me, (long)duration.TotalMilliseconds], cancellationToken) == 1;

    public async Task<ScanPage> ScanAsync(string? cursor, int visited, CancellationToken cancellationToken)
    {
        var reply = await Database.ExecuteAsync("SCAN", cursor ?? Start, "MATCH", source.Pattern, "COUNT", visited)
            .WaitAsync(cancellationToken);
        return Page(reply, (string[])reply[1]!);
    }

    public Task<long> CountKnownAsync(CancellationToken cancellationToken) =>
        Database.HashLengthAsync(keys.PythonEntries).WaitAsync(cancellationToken);

    public async Task<ScanPage> KnownAsync(string? cursor, CancellationToken cancellationToken)
    {
        var reply = await Database.ExecuteAsync("HSCAN", keys.PythonEntries, cursor ?? Start, "COUNT", ScheduleLists.PageLength)
            .WaitAsync(cancellationToken);
        return Page(reply, [.. ((string[])reply[1]!).Where((_, i) => i % 2 == 0)]);
    }

    public async Task<IReadOnlyList<string>> GoneAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var all = Array.ConvertAll<string, RedisKey>([.. names], name => source.Entry(name));
        var count = await Database.KeyExistsAsync(all).WaitAsync(cancellationToken);
        if (count == all.Length || count == 0)
        {
            return count == 0 ? names : []; // one command for all of them, as long as none is gone or all are
        }

        var exist = await Task.WhenAll(all.Select(key => Database.KeyExistsAsync(key))).WaitAsync(cancellationToken);
        return [.. names.Where((_, i) => !exist[i])];
    }

    private static ScanPage Page(RedisResult reply, IReadOnlyList<string> found) =>
        new((string)reply[0]! is var cursor && cursor == Start ? null : cursor, found);
}
