namespace Dashtam.Jobs.Bench.Results;

/// <summary>A figure that runs yield.</summary>
/// <param name="Id">Its name in results: workload, slash, what.</param>
/// <param name="Title">What it is, for a table.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="MoreIsBetter">Which way is good.</param>
internal sealed record Metric(string Id, string Title, string Unit, bool MoreIsBetter)
{
    /// <summary>The workload that it belongs to in tables.</summary>
    public string Workload => Id[..Id.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>All, in the order of tables.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("w1/jobs", "no-op jobs, concurrency 10", "jobs/s", MoreIsBetter: true),
        new("w1c50/jobs", "no-op jobs, concurrency 50", "jobs/s", MoreIsBetter: true),
        new("w2/jobs", "enqueue one by one", "jobs/s", MoreIsBetter: true),
        new("w2b/jobs", "enqueue in bulk", "jobs/s", MoreIsBetter: true),
        new("w3/p50", "enqueue to start, idle, p50", "ms", MoreIsBetter: false),
        new("w3/p99", "enqueue to start, idle, p99", "ms", MoreIsBetter: false),
        new("w3/max", "enqueue to start, idle, longest", "ms", MoreIsBetter: false),
        new("w4/p50", "5,000 due at once, lateness p50", "ms", MoreIsBetter: false),
        new("w4/p99", "5,000 due at once, lateness p99", "ms", MoreIsBetter: false),
        new("w4p/p50", "30 schedules a second, lag p50", "ms", MoreIsBetter: false),
        new("w4p/p99", "30 schedules a second, lag p99", "ms", MoreIsBetter: false),
        new("w5/worker", "CPU of the worker in w1", "µs/job", MoreIsBetter: false),
        new("w5/redis", "CPU of Redis in w1", "µs/job", MoreIsBetter: false),
        new("w6/commands", "idle worker, commands sent", "1/s", MoreIsBetter: false),
        new("w6/executed", "idle worker, commands executed, those in scripts too", "1/s", MoreIsBetter: false),
        new("w6/cpu", "idle worker, CPU", "%", MoreIsBetter: false),
        new("w6/scheduler-commands", "idle scheduler, commands sent", "1/s", MoreIsBetter: false),
        new("w6/scheduler-executed", "idle scheduler, commands executed, those in scripts too", "1/s", MoreIsBetter: false),
        new("w6/scheduler-cpu", "idle scheduler, CPU", "%", MoreIsBetter: false),
        new("w7/seconds", "kill -9 until all 100 run again", "s", MoreIsBetter: false),
        new("w7/lost", "jobs lost by kill -9", "jobs", MoreIsBetter: false),
        new("w8/10k", "10,000 queued", "jobs/s", MoreIsBetter: true),
        new("w8/100k", "100,000 queued", "jobs/s", MoreIsBetter: true),
        new("w8/1M", "1,000,000 queued", "jobs/s", MoreIsBetter: true),
        new("w8/2-workers", "100,000 queued, 2 workers", "jobs/s", MoreIsBetter: true),
        new("w8/4-workers", "100,000 queued, 4 workers", "jobs/s", MoreIsBetter: true),
        new("w8/100B", "10,000 queued, payload 100 B", "jobs/s", MoreIsBetter: true),
        new("w8/10kB", "10,000 queued, payload 10 kB", "jobs/s", MoreIsBetter: true),
        new("w8/bytes", "Redis memory for each queued job", "B", MoreIsBetter: false),
        new("w9/jobs", "50 ms of waiting, concurrency 100", "jobs/s", MoreIsBetter: true),
        new("wq/share", "weights 5 : 3 : 1, largest deviation of a share of the starts", "%", MoreIsBetter: false),
        new("wq/alone-p50", "first queue alone, enqueue to start, p50", "ms", MoreIsBetter: false),
        new("wq/strict-p50", "first queue, strict, two others full, p50", "ms", MoreIsBetter: false),
        new("wq/alone-p99", "first queue alone, enqueue to start, p99", "ms", MoreIsBetter: false),
        new("wq/strict-p99", "first queue, strict, two others full, p99", "ms", MoreIsBetter: false),
        new("wq/push-p50", "plain push into one of three empty queues, to start, p50", "ms", MoreIsBetter: false),
        new("wq/push-max", "plain push into one of three empty queues, to start, longest", "ms", MoreIsBetter: false),
        new("start/fetch", "worker: process start to first job", "ms", MoreIsBetter: false),
        new("start/fire", "scheduler: process start to first fire", "ms", MoreIsBetter: false),
        new("start/idle", "memory of an idle worker", "MB", MoreIsBetter: false),
        new("start/loaded", "memory of a worker after w1", "MB", MoreIsBetter: false),
    ];
}
