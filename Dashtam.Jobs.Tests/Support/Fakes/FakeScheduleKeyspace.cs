using Dashtam.Jobs.Core.PythonSchedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A keyspace with nothing but entries of the list source, all in one list; counts what is asked of it.</summary>
/// <param name="entries">How many.</param>
/// <param name="time">The clock of the test.</param>
internal sealed class FakeScheduleKeyspace(int entries, TimeProvider time) : IScheduleKeyspace, IScheduleLists
{
    private readonly string[] _ids = [.. Enumerable.Range(0, entries).Select(number => $"idle-{number}")];

    /// <summary>When each scan began.</summary>
    public List<DateTimeOffset> Turns { get; } = [];

    public int Scans { get; private set; }

    public int ListPages { get; private set; }

    /// <summary>How often the one that looks has said that it goes on.</summary>
    public int Holds { get; private set; }

    public Task<bool> HoldAsync(string me, TimeSpan duration, CancellationToken cancellationToken)
    {
        Holds++;
        return Task.FromResult(true);
    }

    public Task<ScanPage> ScanAsync(string? cursor, int visited, CancellationToken cancellationToken)
    {
        Scans++;
        if (cursor is null)
        {
            Turns.Add(time.GetUtcNow());
        }

        var next = int.Parse(cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture) + visited;
        return Task.FromResult(new ScanPage(next >= entries ? null : $"{next}", []));
    }

    /// <summary>At first none: they are found while the first scan is under way.</summary>
    public Task<long> CountKnownAsync(CancellationToken cancellationToken) => Task.FromResult(Scans == 0 ? 0 : (long)entries);

    public Task<ScanPage> KnownAsync(string? cursor, CancellationToken cancellationToken) => Task.FromResult(new ScanPage(null, []));

    public Task<IReadOnlyList<string>> GoneAsync(IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task<bool> AnyAsync(IReadOnlyList<RedisKey> lists, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<IReadOnlyList<ListView>> LookAsync(IReadOnlyList<RedisKey> lists, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The scan looks at no list's end.");

    public Task<IReadOnlyList<string>> PageAsync(RedisKey list, long start, CancellationToken cancellationToken)
    {
        ListPages++;
        return Task.FromResult<IReadOnlyList<string>>(
            $"{list}".EndsWith("cron", StringComparison.Ordinal) ? [.. _ids.Skip((int)start).Take(ScheduleLists.PageLength)] : []);
    }

    public Task<int> DropAsync(RedisKey list, IReadOnlyList<string> ids, CancellationToken cancellationToken) => Task.FromResult(0);
}
