using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Dashtam.Jobs.Bench.Records;

/// <summary>Writes when each job began and ended, as every peer must: 16 bytes at 16 × n, unbuffered.</summary>
internal sealed class RunRecorder : IDisposable
{
    private readonly SafeFileHandle _file;

    /// <param name="path">A file that exists, as large as all jobs need.</param>
    public RunRecorder(string path) =>
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    /// <summary>Records that job <paramref name="n"/> begins.</summary>
    public void Started(long n) => Write(n * RunRecords.BytesPerJob);

    /// <summary>Records that job <paramref name="n"/> has ended.</summary>
    public void Ended(long n) => Write((n * RunRecords.BytesPerJob) + sizeof(long));

    /// <summary>Records both instants of a job that does nothing, with one write, as all peers do.</summary>
    public void Ran(long n)
    {
        Span<byte> instants = stackalloc byte[RunRecords.BytesPerJob];
        BinaryPrimitives.WriteInt64LittleEndian(instants, MonotonicClock.Nanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(instants[sizeof(long)..], MonotonicClock.Nanoseconds);
        RandomAccess.Write(_file, instants, n * RunRecords.BytesPerJob);
    }

    public void Dispose() => _file.Dispose();

    private void Write(long offset)
    {
        Span<byte> now = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(now, MonotonicClock.Nanoseconds);
        RandomAccess.Write(_file, now, offset);
    }
}

/// <summary>The clock that all peers share: <c>CLOCK_MONOTONIC</c>.</summary>
internal static class MonotonicClock
{
    /// <summary>Stopwatch reads that clock on Linux, in nanoseconds.</summary>
    public static long Nanoseconds => Stopwatch.GetTimestamp();
}
