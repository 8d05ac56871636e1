namespace Dashtam.Jobs.Core.Hosting;

/// <summary>When something last worked: a process that is alive and does nothing must be seen.</summary>
internal sealed class Freshness(TimeProvider time)
{
    private long _at;
    private int _ever;

    /// <summary>How long ago; null: it never has.</summary>
    public TimeSpan? Age => Volatile.Read(ref _ever) == 0 ? null : time.GetElapsedTime(Interlocked.Read(ref _at));

    /// <summary>It worked now.</summary>
    public void Mark()
    {
        Interlocked.Exchange(ref _at, time.GetTimestamp());
        Volatile.Write(ref _ever, 1);
    }
}
