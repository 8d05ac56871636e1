namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// How fast the keyspace is looked through: at most 1 % of Redis' time, but a whole turn within a minute.
/// </summary>
/// <remarks>Measured in units of what it costs Redis to pass over one key, about half a microsecond.</remarks>
internal sealed class ScanPace(TimeProvider time)
{
    /// <summary>Units a second: 1 % of a second.</summary>
    internal const int Ordinary = 20_000;

    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);

    private double _rate = Ordinary;
    private double _spent;
    private double _unpaid;

    /// <summary>A turn begins: it is as fast as the last one's size asks for.</summary>
    public void Begin()
    {
        _rate = Math.Max(Ordinary, _spent / LongestTurn.TotalSeconds);
        (_spent, _unpaid) = (0, 0);
    }

    /// <summary>Waits for as long as what was done costs.</summary>
    public async Task SpendAsync(double units, CancellationToken stoppingToken)
    {
        _spent += units;
        _unpaid += units;
        var pause = TimeSpan.FromSeconds(_unpaid / _rate);
        if (pause >= ShortestPause)
        {
            _unpaid = 0;
            await Task.Delay(pause, time, stoppingToken);
        }
    }
}
