namespace Dashtam.Jobs.Worker;

/// <summary>When jobs were last fetched: a worker that is alive and consumes nothing must be seen.</summary>
internal sealed class PumpHealth(TimeProvider time)
{
    private long _fetchedAt;
    private int _everFetched;

    /// <summary>How long ago a fetch last succeeded; null: none has.</summary>
    public TimeSpan? SinceFetch =>
        Volatile.Read(ref _everFetched) == 0 ? null : time.GetElapsedTime(Interlocked.Read(ref _fetchedAt));

    /// <summary>A fetch succeeded.</summary>
    public void Fetched()
    {
        Interlocked.Exchange(ref _fetchedAt, time.GetTimestamp());
        Volatile.Write(ref _everFetched, 1);
    }
}
