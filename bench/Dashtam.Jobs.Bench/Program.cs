using System.CommandLine;
using System.Runtime.InteropServices;
using Dashtam.Jobs.Bench;
using Dashtam.Jobs.Bench.Ceilings;
using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Ours;
using Dashtam.Jobs.Bench.Results;
using Dashtam.Jobs.Bench.Verbs;
using Spectre.Console;

var workloads = new Option<string>("--workloads") { Description = "in one argument: \"w1 w3\"; all by default" };
var peers = new Option<string>("--peers") { Description = "in one argument: \"ours bullmq\"; all by default" };
var rounds = new Option<int>("--rounds") { Description = "how often", DefaultValueFactory = _ => 5 };
var redisServer = new Option<string>("--redis-server")
{
    Description = "the Redis to measure with",
    DefaultValueFactory = _ => "redis-server",
};
var smoke = new Option<bool>("--smoke") { Description = "few jobs: shows only that everything runs" };
var against = new Option<string?>("--against")
{
    Description = "this program as it was at another commit: only the two are measured (bench/build-commit.sh)",
};
var times = new Option<int>("--times") { Description = "multiplies the jobs of w1, w1c50, w2, w2b, w8 and w9", DefaultValueFactory = _ => 1 };
var root = new RootCommand("Measures Dashtam.Jobs beside other systems, and beside what is possible at all.")
{
    workloads, peers, rounds, redisServer, smoke, against, times,
};
root.SetAction((parsed, _) => RunAsync(new BenchOptions(
    Names(parsed.GetValue(workloads)),
    Names(parsed.GetValue(peers)),
    parsed.GetValue(rounds),
    parsed.GetValue(redisServer)!, // has a default
    parsed.GetValue(smoke))
{
    Against = parsed.GetValue(against),
    Times = parsed.GetValue(times),
}));
root.Add(new Command("ours", "This service as a peer.")
{
    VerbCommand.Create("worker", WorkerVerb.RunAsync),
    VerbCommand.Create("enqueue", RawProducer.FillAsync),
    VerbCommand.Create("enqueue-each", ProducerVerbs.EachAsync),
    VerbCommand.Create("enqueue-bulk", ProducerVerbs.BulkAsync),
    VerbCommand.Create("enqueue-rate", ProducerVerbs.RateAsync),
    VerbCommand.Create("enqueue-plain", RawProducer.RateAsync),
    VerbCommand.Create("schedule-at", ProducerVerbs.ScheduleAtAsync),
    VerbCommand.Create("schedule-every", ScheduleVerbs.EverySecondAsync),
    VerbCommand.Create(ScheduleVerbs.Scheduler, ScheduleVerbs.SchedulerAsync),
    VerbCommand.Create(ScheduleVerbs.TickWorker, ScheduleVerbs.TickWorkerAsync),
});
foreach (var name in CeilingKind.Names)
{
    // One producer is enough: the others would be the same.
    Func<VerbArguments, Task<int>> Producer(Func<VerbArguments, Task<int>> verb) =>
        name == "raw-loops" ? verb : _ => VerbCommand.NoEqual("see raw-loops");
    root.Add(new Command(name, "A ceiling as a peer.")
    {
        VerbCommand.Create("worker", arguments => CeilingWorker.RunAsync(name, arguments)),
        VerbCommand.Create("enqueue", RawProducer.FillAsync),
        VerbCommand.Create("enqueue-each", Producer(RawProducer.EachAsync)),
        VerbCommand.Create("enqueue-bulk", Producer(RawProducer.BulkAsync)),
        VerbCommand.Create("enqueue-rate", Producer(RawProducer.RateAsync)),
        VerbCommand.Create("schedule-at", _ => VerbCommand.NoEqual("knows no time")),
        VerbCommand.Create("schedule-every", _ => VerbCommand.NoEqual("knows no time")),
    });
}

var files = new Argument<string[]>("results")
{
    Description = "files of bench/results",
    Arity = ArgumentArity.OneOrMore,
};
var document = new Option<string>("--document")
{
    Description = "the page with the markers",
    DefaultValueFactory = _ => Path.Combine("docs", "performance.md"),
};
var charts = new Option<string>("--charts")
{
    Description = "the folder of charts",
    DefaultValueFactory = _ => Path.Combine("docs", "assets", "bench"),
};
var report = new Command("report", "Writes results into the documentation.") { files, document, charts };
report.SetAction(parsed =>
{
    var results = parsed.GetValue(files)!.SelectMany(ResultLog.Read).ToArray();
    new DocsWriter(parsed.GetValue(document)!, parsed.GetValue(charts)!).Write(results); // both have defaults
    ResultTable.Print(Terminal(), Comparison.Of(results));
    return 0;
});
root.Add(report);

// The hosts and ceilings end by themselves on SIGTERM, in their own time.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static string[] Names(string? names) =>
    (names ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

static async Task<int> RunAsync(BenchOptions options)
{
    var console = Terminal();
    try
    {
        using var run = new BenchRun(options, console);
        using var onStop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Stop(run));
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Stop(run));
        return await run.RunAsync();
    }
    catch (BenchException error)
    {
        console.WriteLine(error.Message);
        return 1;
    }
}

// Where it is a file or a pipe: wide enough that no line of a table breaks.
static IAnsiConsole Terminal()
{
    const int narrowest = 140;
    var console = AnsiConsole.Console;
    console.Profile.Width = Math.Max(console.Profile.Width, narrowest);
    return console;
}

// Nothing outlives the benchmark. Runs on a thread of its own, so that it may wait.
static void Stop(BenchRun run)
{
    PeerProcess.KillAllAsync().GetAwaiter().GetResult();
    run.Dispose();
}
