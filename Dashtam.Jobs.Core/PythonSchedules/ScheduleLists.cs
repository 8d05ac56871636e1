using Dashtam.Jobs.Core.Infrastructure.Redis;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>What one look at a list of ids has seen.</summary>
/// <param name="Length">How many ids it has.</param>
/// <param name="Tail">The last ones; new ones are added there.</param>
internal sealed record ListView(long Length, IReadOnlyList<string> Tail)
{
    public static ListView Empty { get; } = new(0, []);

    /// <summary>Whether nothing was added or removed since.</summary>
    public bool IsSameAs(ListView other) => Length == other.Length && Tail.SequenceEqual(other.Tail, StringComparer.Ordinal);
}

/// <summary>The list source's lists of ids, read in pages: one may hold a hundred thousand.</summary>
internal interface IScheduleLists
{
    /// <summary>Whether any of the lists is there.</summary>
    Task<bool> AnyAsync(IReadOnlyList<RedisKey> lists, CancellationToken cancellationToken);

    /// <summary>Looks at the end of each list.</summary>
    Task<IReadOnlyList<ListView>> LookAsync(IReadOnlyList<RedisKey> lists, CancellationToken cancellationToken);

    /// <summary>A page of ids from a place on, counted from the end when it is negative.</summary>
    Task<IReadOnlyList<string>> PageAsync(RedisKey list, long start, CancellationToken cancellationToken);

    /// <summary>Removes ids whose entries are gone, one place of the list for each time that an id is given.</summary>
    /// <returns>How many places were removed.</returns>
    Task<int> DropAsync(RedisKey list, IReadOnlyList<string> ids, CancellationToken cancellationToken);
}

/// <summary>The lists in Redis.</summary>
internal sealed class ScheduleLists(IRedisConnections connections, ScheduleSource source) : IScheduleLists
{
    /// <summary>The ids that a look sees at the end of a list.</summary>
    internal const int TailLength = 50;

    /// <summary>The ids of a page.</summary>
    internal const int PageLength = 500;

    private readonly RedisScript _drop = RedisScript.Load("drop_python_ids.lua");

    private IDatabase Database => connections.Queue;

    public async Task<bool> AnyAsync(IReadOnlyList<RedisKey> lists, CancellationToken cancellationToken) =>
        lists.Count > 0 && await Database.KeyExistsAsync([.. lists]).WaitAsync(cancellationToken) > 0;

    public async Task<IReadOnlyList<ListView>> LookAsync(IReadOnlyList<RedisKey> lists, CancellationToken cancellationToken) =>
        await Task.WhenAll(lists.Select(LookAsync)).WaitAsync(cancellationToken);

    public async Task<IReadOnlyList<string>> PageAsync(RedisKey list, long start, CancellationToken cancellationToken)
    {
        var end = start + PageLength - 1;
        return await RangeAsync(list, start, start < 0 && end >= 0 ? -1 : end).WaitAsync(cancellationToken);
    }

    public async Task<int> DropAsync(RedisKey list, IReadOnlyList<string> ids, CancellationToken cancellationToken) => (int)await _drop.RunAsync(
        Database, [list, .. ids.Select(id => source.Entry(ScheduleSource.Listed(id)))], [.. ids.Select(id => (RedisValue)id)],
        cancellationToken);

    private async Task<ListView> LookAsync(RedisKey list)
    {
        try
        {
            var length = await Database.ListLengthAsync(list);
            return length == 0 ? ListView.Empty : new ListView(length, await RangeAsync(list, -TailLength, -1));
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.WrongType)
        {
            return ListView.Empty; // no list of TaskIQ's
        }
    }

    private async Task<string[]> RangeAsync(RedisKey list, long start, long stop)
    {
        try
        {
            return Array.ConvertAll(await Database.ListRangeAsync(list, start, stop), id => id.ToString());
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.WrongType)
        {
            return [];
        }
    }
}
