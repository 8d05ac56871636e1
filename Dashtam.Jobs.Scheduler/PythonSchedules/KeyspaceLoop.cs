namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// Looks through the whole keyspace again and again. A long turn is followed by a long rest, so that a hundred thousand idle entries cost little, but
/// the next turn begins after about half a minute: what one turn has missed is found within a minute.
/// </summary>
internal sealed class KeyspaceLoop(KeyspaceFinder finder, PythonSchedulesState state, TimeProvider time)
    : PythonScheduleLoop(state, time)
{
    /// <summary>From the beginning of a turn to that of the next one, where the turn is short enough.</summary>
    internal static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(30);

    private const double RestForEachTurn = 5; // a rest is five times as long as the turn before it
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = time;
    private TimeSpan _rest;
    private long _endedAt;

    /// <summary>Shorter than the time for which this scheduler is the one that looks: while it rests, it stays the one.</summary>
    protected override TimeSpan Pause => ShortestRest;

    protected override async Task TurnAsync(CancellationToken stoppingToken)
    {
        if (!await finder.HoldAsync(stoppingToken))
        {
            _rest = TimeSpan.Zero; // whoever takes over from another scheduler does not know when that one ended its turn
            return;
        }

        if (_rest - _time.GetElapsedTime(_endedAt) > Pause / 2)
        {
            return; // nearer to one of the next looks than to this one
        }

        var began = _time.GetTimestamp();
        _rest = TimeSpan.Zero;
        if (await finder.TurnAsync(stoppingToken))
        {
            (_endedAt, _rest) = (_time.GetTimestamp(), Rest(_time.GetElapsedTime(began)));
        }
    }

    /// <summary>How long the loop rests after a turn.</summary>
    internal static TimeSpan Rest(TimeSpan took)
    {
        var rest = TimeSpan.FromTicks(Math.Min((took * RestForEachTurn).Ticks, (LongestPeriod - took).Ticks));
        return rest > ShortestRest ? rest : ShortestRest;
    }
}
