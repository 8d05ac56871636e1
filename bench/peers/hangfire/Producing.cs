using System.Buffers.Binary;
using System.Diagnostics;

namespace Hangfire.Peer;

/// <summary>The verbs that make jobs.</summary>
internal static class Producing
{
    private const int Clients = 16;

    /// <summary>There is no bulk call; some clients at once fill the queue faster than one.</summary>
    public static void Enqueue(Options options)
    {
        var client = Connect(options);
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = Clients };
        var started = Stopwatch.GetTimestamp();
        Parallel.For(options.First, options.First + options.Count, atOnce, n => Enqueue(client, options, n));
        Print(options, started);
    }

    public static void EnqueueEach(Options options)
    {
        var client = Connect(options);
        for (var n = 0; n < options.First; n++)
        {
            Enqueue(client, options, n); // warms up
        }

        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < options.Count; i++)
        {
            Enqueue(client, options, options.First + i);
        }

        Print(options, started);
    }

    public static void EnqueueAtRate(Options options)
    {
        var client = Connect(options);
        using var file = File.OpenHandle(
            options.Enqueued, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        var started = Stopwatch.GetTimestamp();
        Span<byte> now = stackalloc byte[sizeof(long)];
        for (var i = 0; i < options.Count; i++)
        {
            var ahead = TimeSpan.FromSeconds(i / options.Rate) - Stopwatch.GetElapsedTime(started);
            if (ahead > TimeSpan.Zero)
            {
                Thread.Sleep(ahead);
            }

            BinaryPrimitives.WriteInt64LittleEndian(now, Stopwatch.GetTimestamp());
            RandomAccess.Write(file, now, (long)(options.First + i) * now.Length);
            Enqueue(client, options, options.First + i);
        }

        Print(options, started);
    }

    public static void ScheduleAt(Options options)
    {
        var client = Connect(options);

        // Hangfire keeps the due instant in whole seconds.
        var due = DateTimeOffset.FromUnixTimeSeconds(options.Started.AddMilliseconds(options.InMs).ToUnixTimeSeconds());
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = Clients };
        Parallel.For(options.First, options.First + options.Count, atOnce, n =>
            client.Schedule(() => BenchJob.Run(n), due));
        var line = $"\"due_unix_ms\":{due.ToUnixTimeMilliseconds()}," +
            $"\"enqueued_unix_ms\":{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}";
        Console.WriteLine($"{{\"jobs\":{options.Count},{line}}}");
    }

    private static BackgroundJobClient Connect(Options options)
    {
        // Hangfire's calls block: without this the pool would add the threads that they wait for one by one.
        ThreadPool.SetMinThreads(4 * Clients, 4 * Clients);
        options.Connect();
        return new BackgroundJobClient();
    }

    private static void Enqueue(BackgroundJobClient client, Options options, int n)
    {
        if (options.PayloadBytes == 0)
        {
            client.Enqueue(() => BenchJob.Run(n));
            return;
        }

        var payload = new string('x', options.PayloadBytes);
        client.Enqueue(() => BenchJob.RunWith(n, payload));
    }

    private static void Print(Options options, long started) =>
        Console.WriteLine($"{{\"jobs\":{options.Count},\"ns\":{Stopwatch.GetTimestamp() - started}}}");
}
