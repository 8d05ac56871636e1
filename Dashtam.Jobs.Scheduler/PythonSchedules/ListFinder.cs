using Dashtam.Jobs.Core.PythonSchedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// Finds entries of the list source: in the lists of crons and intervals, and in those of the current minute, the next one and the
/// last ten. Older minutes are left to <see cref="KeyspaceFinder"/>.
/// </summary>
/// <remarks>
/// TaskIQ adds an id at a list's end, so that an unchanged end and length mean that nothing was added. One command asks for all the lists
/// that were not there at the last look.
/// </remarks>
internal sealed class ListFinder(
    IScheduleLists lists, IPythonScheduleStore store, ScheduleSource source, EntryIntake intake, RedisClock clock)
{
    /// <summary>Minutes that are looked at in each turn, before the current one.</summary>
    internal const int MinutesBack = 10;

    private readonly Dictionary<RedisKey, ListView> _seen = []; // the lists that are there

    /// <summary>Takes what was added since the last look.</summary>
    public async Task LookAsync(CancellationToken stoppingToken)
    {
        var now = await clock.NowAsync(stoppingToken);
        RedisKey[] watched =
        [
            source.Crons, source.Intervals,
            .. Enumerable.Range(-MinutesBack, MinutesBack + 2).Select(minute => source.Minute(now.AddMinutes(minute))),
        ];
        foreach (var past in _seen.Keys.Except(watched).ToArray())
        {
            _seen.Remove(past);
        }

        RedisKey[] absent = [.. watched.Where(list => !_seen.ContainsKey(list))];
        RedisKey[] looked = [.. _seen.Keys, .. await lists.AnyAsync(absent, stoppingToken) ? absent : []];
        foreach (var (list, view) in looked.Zip(await lists.LookAsync(looked, stoppingToken)))
        {
            await FollowAsync(list, view, stoppingToken);
        }
    }

    private async Task FollowAsync(RedisKey list, ListView view, CancellationToken stoppingToken)
    {
        var before = _seen.GetValueOrDefault(list, ListView.Empty);
        if (view.Length == 0)
        {
            _seen.Remove(list);
        }
        else if (!view.IsSameAs(before))
        {
            await FollowAsync(list, before, view, stoppingToken);
            _seen[list] = view; // after that: what failed is looked at again
        }
    }

    private async Task FollowAsync(RedisKey list, ListView before, ListView view, CancellationToken stoppingToken)
    {
        var isNear = view.Length - before.Length <= view.Tail.Count && view.Tail.Intersect(before.Tail, StringComparer.Ordinal).Any();
        if (isNear || view.Length == view.Tail.Count)
        {
            await TakeAsync(view.Tail, stoppingToken); // also ids that were there: scheduled anew, an id has new bytes
            return;
        }

        // Read from the end until what the last look saw is met; where that is gone, the whole list.
        var known = before.Tail.ToHashSet(StringComparer.Ordinal);
        for (var read = 0L; read < view.Length; read += ScheduleLists.PageLength)
        {
            var page = await lists.PageAsync(list, -read - ScheduleLists.PageLength, stoppingToken);
            var isMet = read + page.Count >= view.Length - before.Length && page.Any(known.Contains);
            await TakeAsync(isMet || read == 0 ? page : await NewAsync(page, stoppingToken), stoppingToken);
            if (isMet || page.Count == 0)
            {
                return;
            }
        }
    }

    private async Task<IReadOnlyList<string>> NewAsync(IReadOnlyList<string> ids, CancellationToken stoppingToken)
    {
        var states = await store.StatesAsync([.. ids.Select(ScheduleSource.Listed)], stoppingToken);
        return [.. ids.Where((_, i) => states[i] is null)];
    }

    private async Task TakeAsync(IReadOnlyList<string> ids, CancellationToken stoppingToken) =>
        await intake.TakeAsync([.. ids.Distinct(StringComparer.Ordinal).Select(ScheduleSource.Listed)], stoppingToken);
}
