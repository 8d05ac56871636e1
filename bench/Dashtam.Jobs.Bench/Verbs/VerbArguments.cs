using System.CommandLine;

namespace Dashtam.Jobs.Bench.Verbs;

/// <summary>What a verb of a peer is told; each verb uses a part of it.</summary>
internal sealed record VerbArguments
{
    public required string Redis { get; init; }

    public int Concurrency { get; init; }

    /// <summary>The queues that a worker serves, as <c>WORKER_QUEUES</c> takes them; null: the default queue.</summary>
    public string? Queues { get; init; }

    /// <summary>The queue that jobs are pushed into; null: the default queue.</summary>
    public string? Queue { get; init; }

    public string Record { get; init; } = "";

    public int SleepMs { get; init; }

    public int Count { get; init; }

    public int First { get; init; }

    public int PayloadBytes { get; init; }

    public double Rate { get; init; }

    public string Enqueued { get; init; } = "";

    public int InMs { get; init; }

    public int Schedules { get; init; }

    /// <summary>Host and port, as StackExchange.Redis wants them.</summary>
    public string RedisEndPoint => new Uri(Redis).Authority;
}

/// <summary>The command line of a verb.</summary>
internal static class VerbCommand
{
    /// <summary>The exit code of a verb that a peer has no equal of.</summary>
    public const int NotSupported = 64;

    /// <summary>Makes a command that takes every argument that a verb may have.</summary>
    public static Command Create(string name, Func<VerbArguments, Task<int>> run)
    {
        var redis = new Option<string>("--redis") { Required = true };
        var concurrency = new Option<int>("--concurrency") { DefaultValueFactory = _ => 10 };
        var queues = new Option<string?>("--queues");
        var queue = new Option<string?>("--queue");
        var record = new Option<string>("--record");
        var sleep = new Option<int>("--sleep-ms");
        var count = new Option<int>("--count");
        var first = new Option<int>("--first");
        var payload = new Option<int>("--payload-bytes");
        var rate = new Option<double>("--rate");
        var enqueued = new Option<string>("--enqueued");
        var inMs = new Option<int>("--in-ms");
        var schedules = new Option<int>("--schedules");
        var seconds = new Option<int>("--seconds");
        var command = new Command(name)
        {
            redis, concurrency, queues, queue, record, sleep, count, first, payload, rate, enqueued, inMs, schedules, seconds,
        };
        command.SetAction((parsed, _) => run(new VerbArguments
        {
            Redis = parsed.GetValue(redis)!, // required
            Concurrency = parsed.GetValue(concurrency),
            Queues = parsed.GetValue(queues),
            Queue = parsed.GetValue(queue),
            Record = parsed.GetValue(record) ?? "",
            SleepMs = parsed.GetValue(sleep),
            Count = parsed.GetValue(count),
            First = parsed.GetValue(first),
            PayloadBytes = parsed.GetValue(payload),
            Rate = parsed.GetValue(rate),
            Enqueued = parsed.GetValue(enqueued) ?? "",
            InMs = parsed.GetValue(inMs),
            Schedules = parsed.GetValue(schedules),
        }));
        return command;
    }

    /// <summary>For a verb that does not exist here.</summary>
    public static Task<int> NoEqual(string why)
    {
        Console.Error.WriteLine(why);
        return Task.FromResult(NotSupported);
    }
}
