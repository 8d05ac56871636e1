using Dashtam.Jobs.Core.PythonSchedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// Looks through the whole keyspace at an even pace, one scheduler of all: for entries of the legacy source, which has no index,
/// for minutes long past, for entries that were overwritten or are gone.
/// </summary>
internal sealed class KeyspaceFinder(
    IScheduleKeyspace keyspace, IScheduleLists lists, IPythonScheduleStore store, ScheduleSource source, EntryIntake intake,
    TimeProvider time)
{
    /// <summary>Keys that Redis visits at once: in about a millisecond.</summary>
    internal const int VisitedAtOnce = 2_000;

    /// <summary>How long this scheduler is the one that looks: longer than the pause between two turns, so that it stays the same one.</summary>
    internal static readonly TimeSpan Held = TimeSpan.FromSeconds(10);

    // Read at once, at a megabyte each in two seconds of ScanPace's: less than the time for which this scheduler is the one that looks.
    private const int ReadAtOnce = 16;

    // Not with each page: with a million keys there are ten a second.
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromSeconds(1);

    // In ScanPace's units: what is known of an entry, its bytes, whether its key is there.
    private const double StateCost = 1;
    private const double ReadCost = 15;
    private const double ExistsCost = 1;
    private const double WalkCost = 0.06; // one place of a list, for each id that is removed behind it

    // Places of a list that a removal walks over at once: in about a millisecond.
    private const long WalkedAtOnce = 50_000;

    // The list source finds its own entries within a second; many of them are looked through less often.
    private const int Few = 5_000;
    private static readonly TimeSpan BetweenLongTurns = TimeSpan.FromMinutes(5);

    private readonly string _me = Guid.NewGuid().ToString("N");
    private readonly ScanPace _pace = new(time);
    private readonly EntrySample _found = new(); // by the scan, in each turn
    private readonly EntrySample _listed = new(); // in the lists, in long turns
    private long? _listsReadAt;
    private long? _heldAt;

    /// <summary>Whether this scheduler is the one that looks; a rest between two turns is no reason that another one begins.</summary>
    public async Task<bool> HoldAsync(CancellationToken stoppingToken)
    {
        if (_heldAt is { } at && time.GetElapsedTime(at) < RenewedAfter)
        {
            return true;
        }

        var asked = time.GetTimestamp();
        var isMine = await keyspace.HoldAsync(_me, Held, stoppingToken);
        _heldAt = isMine ? asked : null;
        return isMine;
    }

    /// <summary>One turn; false: another scheduler looks, or took over.</summary>
    public async Task<bool> TurnAsync(CancellationToken stoppingToken)
    {
        if (!await HoldAsync(stoppingToken))
        {
            return false;
        }

        var isLong = _found.Known + _listed.Known < Few || _listsReadAt is not { } at || time.GetElapsedTime(at) >= BetweenLongTurns;
        _pace.Begin();
        _found.Begin(await keyspace.CountKnownAsync(stoppingToken) - _listed.Known);
        if (!await ScanAsync(stoppingToken))
        {
            return false;
        }

        if (isLong)
        {
            _listsReadAt = time.GetTimestamp();
            _listed.Begin(await keyspace.CountKnownAsync(stoppingToken) - _found.Known); // ListFinder may just have found many
            return await ReadListAsync(source.Crons, stoppingToken) && await ReadListAsync(source.Intervals, stoppingToken)
                && await ForgetGoneAsync(stoppingToken);
        }

        return true;
    }

    private async Task<bool> ScanAsync(CancellationToken stoppingToken)
    {
        var oldest = await OldestFollowedAsync(stoppingToken);
        string? cursor = null;
        do
        {
            var page = await keyspace.ScanAsync(cursor, VisitedAtOnce, stoppingToken);
            await TakeAsync([.. page.Found.Select(source.Legacy).OfType<string>()], _found, stoppingToken);
            foreach (var minute in page.Found.Where(key => source.MinuteOf(key) < oldest))
            {
                if (!await ClearMinuteAsync(minute, stoppingToken))
                {
                    return false;
                }
            }

            await _pace.SpendAsync(VisitedAtOnce, stoppingToken);
            cursor = page.Cursor;
        }
        while (cursor is not null && await HoldAsync(stoppingToken));
        return cursor is null;
    }

    private async Task<DateTimeOffset> OldestFollowedAsync(CancellationToken stoppingToken) =>
        (await store.GetTimeAsync(stoppingToken)).AddMinutes(-ListFinder.MinutesBack);

    private async Task<bool> ReadListAsync(RedisKey list, CancellationToken stoppingToken)
    {
        for (var start = 0L; ; start += ScheduleLists.PageLength)
        {
            var page = await lists.PageAsync(list, start, stoppingToken);
            await TakeAsync([.. page.Distinct(StringComparer.Ordinal).Select(ScheduleSource.Listed)], _listed, stoppingToken);
            if (page.Count < ScheduleLists.PageLength)
            {
                return true;
            }

            if (!await HoldAsync(stoppingToken))
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Takes what a minute long past still lists, and removes the ids of entries that are gone: a fire does so in short lists only.
    /// </summary>
    private async Task<bool> ClearMinuteAsync(RedisKey minute, CancellationToken stoppingToken)
    {
        for (var start = 0L; ;)
        {
            var page = await lists.PageAsync(minute, start, stoppingToken);
            string[] names = [.. page.Distinct(StringComparer.Ordinal).Select(ScheduleSource.Listed)];
            var gone = (await keyspace.GoneAsync(names, stoppingToken)).ToHashSet(StringComparer.Ordinal);
            await _pace.SpendAsync(names.Length * ExistsCost, stoppingToken);
            await TakeAsync([.. names.Where(name => !gone.Contains(name))], _found, stoppingToken);
            string[] ids = [.. page.Where(id => gone.Contains(ScheduleSource.Listed(id)))];
            start += page.Count - await DropAsync(minute, start, ids, stoppingToken);
            if (page.Count < ScheduleLists.PageLength)
            {
                return true;
            }

            if (!await HoldAsync(stoppingToken))
            {
                return false;
            }
        }
    }

    private async Task<int> DropAsync(RedisKey minute, long start, string[] ids, CancellationToken stoppingToken)
    {
        var dropped = 0;
        foreach (var some in ids.Chunk((int)Math.Clamp(WalkedAtOnce / (start + 1), 1, ScheduleLists.PageLength)))
        {
            dropped += await lists.DropAsync(minute, some, stoppingToken);
            await _pace.SpendAsync(some.Length * (ExistsCost + (start * WalkCost)), stoppingToken);
        }

        return dropped;
    }

    private async Task<bool> ForgetGoneAsync(CancellationToken stoppingToken)
    {
        string? cursor = null;
        do
        {
            var page = await keyspace.KnownAsync(cursor, stoppingToken);
            var gone = await keyspace.GoneAsync(page.Found, stoppingToken);
            await intake.TakeAsync(gone, stoppingToken);
            await _pace.SpendAsync(page.Found.Count * ExistsCost, stoppingToken);
            cursor = page.Cursor;
        }
        while (cursor is not null && await HoldAsync(stoppingToken));
        return cursor is null;
    }

    private async Task TakeAsync(IReadOnlyList<string> names, EntrySample sample, CancellationToken stoppingToken)
    {
        if (names.Count == 0)
        {
            return;
        }

        var states = await store.StatesAsync(names, stoppingToken);
        string[] read = [.. names.Where((name, i) => sample.Takes(name, states[i] is not null))];
        await _pace.SpendAsync(names.Count * StateCost, stoppingToken);
        foreach (var some in read.Chunk(ReadAtOnce))
        {
            var (left, bytes) = await intake.TakeAsync(some, stoppingToken);
            sample.LeftAlone(left);
            await _pace.SpendAsync(some.Length * ReadCost, bytes, stoppingToken);
            await HoldAsync(stoppingToken); // whether it still is, the caller asks
        }
    }
}
