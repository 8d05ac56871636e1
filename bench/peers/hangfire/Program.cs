using Hangfire.Peer;

const int NoEqual = 64;

var verbs = new Dictionary<string, Action<Options>>(StringComparer.Ordinal)
{
    ["worker"] = Serving.Work,
    ["schedule-every"] = Serving.ScheduleEverySecond,
    ["enqueue"] = Producing.Enqueue,
    ["enqueue-each"] = Producing.EnqueueEach,
    ["enqueue-rate"] = Producing.EnqueueAtRate,
    ["schedule-at"] = Producing.ScheduleAt,
};

if (args is not [var verb, ..] || !verbs.TryGetValue(verb, out var run))
{
    Console.Error.WriteLine("hangfire: no equal of this verb (batches are a part of Hangfire Pro)");
    return NoEqual;
}

run(Options.Parse(args[1..]));
return 0;
