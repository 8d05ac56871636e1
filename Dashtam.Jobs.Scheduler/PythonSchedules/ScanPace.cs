namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// How fast the keyspace is looked through: at most 1 % of Redis' time, but a whole turn within a minute. Bytes of entries have a rate of
/// their own, which is kept even when a turn takes longer than a minute: producers decide how large entries are.
/// </summary>
/// <remarks>Measured in units of what it costs Redis to pass over one key, about half a microsecond.</remarks>
internal sealed class ScanPace(TimeProvider time)
{
    /// <summary>Units a second: 1 % of a second.</summary>
    internal const int Ordinary = 20_000;

    /// <summary>Bytes of entries a second.</summary>
    internal const int BytesPerSecond = 8 * 1024 * 1024;

    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);

    private double _rate = Ordinary;
    private double _spent;
    private double _unpaid;
    private long _unpaidBytes;

    /// <summary>A turn begins: it is as fast as the last one's size asks for.</summary>
    public void Begin()
    {
        _rate = Math.Max(Ordinary, _spent / LongestTurn.TotalSeconds);
        (_spent, _unpaid) = (0, 0);
    }

    /// <summary>Waits for as long as what was done costs.</summary>
    public Task SpendAsync(double units, CancellationToken stoppingToken) => SpendAsync(units, bytes: 0, stoppingToken);

    /// <summary>Waits for as long as what was done costs.</summary>
    /// <param name="units">What it has cost Redis.</param>
    /// <param name="bytes">The bytes of entries that were read.</param>
    /// <param name="stoppingToken">Ends the wait.</param>
    public async Task SpendAsync(double units, long bytes, CancellationToken stoppingToken)
    {
        _spent += units;
        _unpaid += units;
        _unpaidBytes += bytes;
        var pause = TimeSpan.FromSeconds((_unpaid / _rate) + ((double)_unpaidBytes / BytesPerSecond));
        if (pause >= ShortestPause)
        {
            (_unpaid, _unpaidBytes) = (0, 0);
            await Task.Delay(pause, time, stoppingToken);
        }
    }
}
