using Dashtam.Jobs.Bench.Ours;
using Dashtam.Jobs.Bench.Verbs;
using StackExchange.Redis;

namespace Dashtam.Jobs.Bench.Ceilings;

/// <summary>Pushes envelopes straight into the ready list, as a TaskIQ producer does.</summary>
internal static class RawProducer
{
    private const int Chunk = 500;
    private const int ChunksInFlight = 16;

    /// <summary>Fills the queue.</summary>
    public static Task<int> FillAsync(VerbArguments arguments) => WithQueueAsync(
        arguments, queue => PushAsync(queue, Enumerable.Range(arguments.First, arguments.Count), arguments));

    /// <summary>The same as <see cref="FillAsync"/>, timed.</summary>
    public static Task<int> BulkAsync(VerbArguments arguments) => WithQueueAsync(
        arguments, queue => Produced.TimeAsync(arguments, numbers => PushAsync(queue, numbers, arguments)));

    /// <summary>One push at a time, each awaited.</summary>
    public static Task<int> EachAsync(VerbArguments arguments) => WithQueueAsync(arguments, queue =>
        Produced.TimeAsync(arguments, async numbers =>
        {
            foreach (var n in numbers)
            {
                await queue.PushAsync(Envelope(n, arguments));
            }
        }));

    /// <summary>One push at a time, at a steady rate.</summary>
    public static Task<int> RateAsync(VerbArguments arguments) => WithQueueAsync(arguments, async queue =>
    {
        await queue.PushAsync(Envelope(arguments.First - 1, arguments));
        await Produced.PaceAsync(arguments, n => queue.PushAsync(Envelope(n, arguments)));
    });

    // Makes the envelopes of a chunk while Redis stores the chunks before it.
    private static async Task PushAsync(RawQueue queue, IEnumerable<int> numbers, VerbArguments arguments)
    {
        var inFlight = new Queue<Task>();
        foreach (var chunk in numbers.Chunk(Chunk))
        {
            if (inFlight.Count == ChunksInFlight)
            {
                await inFlight.Dequeue();
            }

            inFlight.Enqueue(queue.PushAsync(Array.ConvertAll(chunk, n => Envelope(n, arguments))));
        }

        await Task.WhenAll(inFlight);
    }

    private static RedisValue Envelope(int n, VerbArguments arguments) =>
        RunBench.Envelope(n, arguments.PayloadBytes).ToUtf8();

    private static async Task<int> WithQueueAsync(VerbArguments arguments, Func<RawQueue, Task> use)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arguments.RedisEndPoint);
        await use(new RawQueue(redis.GetDatabase(), arguments.Queue));
        return 0;
    }
}
