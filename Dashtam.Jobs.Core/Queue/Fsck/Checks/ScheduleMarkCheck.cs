using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Schedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Schedules' marks that are no instants, or that lie in Redis' future: such a schedule does not fire.</summary>
internal sealed class ScheduleMarkCheck : IFsckCheck
{
    private const int LongestShown = 50;

    public string Subject => "schedules";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (key, perSecond) in new[] { (scope.Keys.Fired, 1L), (scope.Keys.PausedSchedules, 1_000L) })
        {
            await foreach (var mark in scope.FieldsAsync(key, cancellationToken))
            {
                if (Kind(mark.Value, perSecond, await scope.NowAsync()) is { } kind)
                {
                    yield return Candidate(scope, key, mark, perSecond, kind);
                }
            }
        }
    }

    private static FindingKind? Kind(RedisValue mark, long perSecond, long now)
    {
        if (ScheduleMark.Read(mark, perSecond) is not { } instant)
        {
            return FindingKind.MarkUnreadable;
        }

        var ahead = instant.ToUnixTimeMilliseconds() - now;
        return ahead > ScheduleState.Tolerance.TotalMilliseconds ? FindingKind.MarkAhead : null;
    }

    private static Candidate Candidate(FsckScope scope, RedisKey key, HashEntry mark, long perSecond, FindingKind kind)
    {
        var text = (string?)mark.Value ?? "";
        return new Candidate(
            kind, key, $"{mark.Name}: '{Cut.To(text, LongestShown)}'",
            StillThere: async () => await scope.Database.HashGetAsync(key, mark.Name) == mark.Value
                && Kind(mark.Value, perSecond, await scope.NowAsync()) == kind,
            Repair: () => scope.Tools.Repairs.MendMarkAsync(key, mark, perSecond, kind == FindingKind.MarkAhead));
    }
}
