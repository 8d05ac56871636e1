using System.Buffers.Binary;
using System.Diagnostics;
using Hangfire.Server;
using Microsoft.Win32.SafeHandles;

namespace Hangfire.Peer;

/// <summary>The jobs of the bench.</summary>
public static class BenchJob
{
    private static readonly Lock Appending = new();
    private static SafeFileHandle? _record;
    private static FileStream? _lags;
    private static int _sleepMs;

    internal static void RecordInto(string file, int sleepMs)
    {
        _record = File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        _sleepMs = sleepMs;
    }

    internal static void RecordLagsInto(string file) =>
        _lags = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public static void Run(int n) => RunWith(n, "");

    public static void RunWith(int n, string payload)
    {
        Span<byte> times = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(times, Stopwatch.GetTimestamp()); // nanoseconds on Linux
        if (_sleepMs > 0)
        {
            RandomAccess.Write(_record!, times[..sizeof(long)], (long)n * times.Length); // it may not live to its end
            Thread.Sleep(_sleepMs); // a worker of Hangfire is a thread
        }

        BinaryPrimitives.WriteInt64LittleEndian(times[sizeof(long)..], Stopwatch.GetTimestamp());
        RandomAccess.Write(_record!, times, (long)n * times.Length);
    }

    /// <summary>A run is made when the scheduler looks, within the second it is due at.</summary>
    public static void RunEverySecond(int s, PerformContext context)
    {
        var now = DateTimeOffset.UtcNow;
        var due = new DateTimeOffset(context.BackgroundJob.CreatedAt, TimeSpan.Zero).ToUnixTimeSeconds();
        Span<byte> lag = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(lag, (now - DateTimeOffset.FromUnixTimeSeconds(due)).Ticks * 100);
        lock (Appending)
        {
            _lags!.Write(lag);
        }
    }
}
