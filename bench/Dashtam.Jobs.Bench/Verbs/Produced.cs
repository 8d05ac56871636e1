using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Bench.Records;
using Microsoft.Win32.SafeHandles;

namespace Dashtam.Jobs.Bench.Verbs;

/// <summary>How producers' verbs pace and tell what they did.</summary>
internal static class Produced
{
    /// <summary>Enqueues, and prints how long that took; all jobs before the first one warm up the same way.</summary>
    public static async Task TimeAsync(VerbArguments arguments, Func<IEnumerable<int>, Task> enqueue)
    {
        await enqueue(Enumerable.Range(0, arguments.First));
        var started = MonotonicClock.Nanoseconds;
        await enqueue(Enumerable.Range(arguments.First, arguments.Count));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $$"""{"jobs":{{arguments.Count}},"ns":{{MonotonicClock.Nanoseconds - started}}}"""));
    }

    /// <summary>Prints when the jobs are due, and when the last of them was in the queue.</summary>
    public static void PrintDue(int jobs, DateTimeOffset due)
    {
        var (dueMs, nowMs) = (due.ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"jobs":{{jobs}},"due_unix_ms":{{dueMs}},"enqueued_unix_ms":{{nowMs}}}"""));
    }

    /// <summary>Enqueues one after the other, at so many a second, and records the instant before each.</summary>
    public static async Task PaceAsync(VerbArguments arguments, Func<int, Task> enqueue)
    {
        using var file = File.OpenHandle(
            arguments.Enqueued, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < arguments.Count; i++)
        {
            var wait = TimeSpan.FromSeconds(i / arguments.Rate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            Write(file, arguments.First + i);
            await enqueue(arguments.First + i);
        }
    }

    private static void Write(SafeFileHandle file, int n)
    {
        Span<byte> now = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(now, MonotonicClock.Nanoseconds);
        RandomAccess.Write(file, now, (long)n * sizeof(long));
    }
}
