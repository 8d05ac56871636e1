using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Where around a command of a process it is killed.</summary>
internal enum KillStep
{
    /// <summary>It has sent the command, which has not run and never will.</summary>
    BeforeItRuns,

    /// <summary>The command has run, and its answer has not come.</summary>
    AfterItRan,
}

/// <summary>A queue, and a worker or scheduler that is to be killed around one of its commands to Redis.</summary>
internal sealed class KillBench(TestQueue queue, FaultProxy proxy, IReadOnlyList<(string Name, string Value)> settings)
    : IAsyncDisposable
{
    /// <summary>The shortest lease: each test waits for its end.</summary>
    private static readonly (string, string)[] Hasty = [("WORKER_LEASE_SECONDS", "5"), ("JOBS_RETRY_BASE_SECONDS", "0.05")];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public TestQueue Queue => queue;

    public ServiceProcess Victim { get; private set; } = null!;

    public static async Task<KillBench> CreateAsync(string redis, IReadOnlyList<(string Name, string Value)> settings) =>
        new(await TestQueue.CreateOnAsync(redis), new FaultProxy(redis), settings);

    public void StartVictim() => Victim = ServiceProcess.Worker(Settings(proxy.ConnectionString));

    public void StartVictimScheduler() => Victim = StartScheduler(proxy.ConnectionString);

    /// <summary>A worker that nobody disturbs.</summary>
    public Task<WorkerInProcess> StartWorkerAsync(string redis) => WorkerInProcess.StartAsync(Settings(redis));

    /// <summary>A scheduler that nobody disturbs.</summary>
    public ServiceProcess StartScheduler(string redis) =>
        ServiceProcess.SchedulerOfFaultSuite(WorkerSettings.On(queue, redis, more: [.. settings]));

    /// <summary>From now on the victim stands still as soon as it has come to the step.</summary>
    /// <param name="command">A Redis command, or a script's file.</param>
    /// <param name="reply">Only when the answer has this text in it.</param>
    /// <param name="step">Where it stands still.</param>
    public async Task SetTrapAsync(string command, string reply, KillStep step)
    {
        var texts = command.EndsWith(".lua", StringComparison.Ordinal) ? await ScriptRequests.OfAsync(queue, command) : [command];
        if (step == KillStep.BeforeItRuns)
        {
            proxy.HoldRequest(texts);
            return;
        }

        proxy.HoldReplyTo(reply, texts);
        if (reply.Length > 0)
        {
            // One that was sent before the trap was set would get the answer.
            await Victim.UntilAsync(() => Task.FromResult(proxy.Asked.IsCompleted), $"it has sent {command}", Patience);
        }
    }

    /// <summary>Kills the victim where it stands still.</summary>
    public async Task KillAsync()
    {
        await Victim.UntilAsync(() => Task.FromResult(proxy.Held.IsCompleted), "it stands still", Patience);

        // What a connection has sent before is read with, or before, the second of two commands of another one.
        await queue.Queue.PingAsync();
        await queue.Queue.PingAsync();
        await Victim.KillAsync();
    }

    public Task PushAsync(params byte[][] envelopes) => queue.PushAsync(envelopes);

    /// <summary>Puts a job aside, as an older worker did long ago.</summary>
    public async Task ParkAsync(byte[] envelope)
    {
        var number = await queue.Queue.StringIncrementAsync(queue.Keys.Sequence);
        await queue.Queue.SortedSetAddAsync(queue.Keys.Parked, FsckBench.Member(number, envelope), 1);
    }

    /// <summary>Leaves a job with a worker whose lease ran out long ago.</summary>
    public async Task StrandAsync(byte[] envelope)
    {
        await queue.Queue.ListLeftPushAsync(queue.Keys.Processing("dead"), envelope);
        await queue.LetLeaseRunOutAsync("dead");
    }

    /// <summary>Waits until the survivor is the only worker, and every job has come to its end.</summary>
    public async Task UntilAllHaveEndedAsync(Service survivor, KillScenario scenario)
    {
        await survivor.UntilReadyAsync();
        await survivor.UntilAsync(
            async () => await queue.Queue.SortedSetLengthAsync(queue.Keys.Workers) == 1
                && await QueueBooks.ReadAsync(queue) is { IsAtRest: true, Delayed: 0 } books
                && books.Parked == scenario.Parked && books.Dead == scenario.Dead && books.Total >= scenario.Jobs && await HeldAsync() == 0,
            $"every job of {scenario} has ended", Patience);
    }

    /// <summary>What the queue has counted.</summary>
    public async Task<Dictionary<string, long>> CountersAsync() => (await queue.Queue.HashGetAllAsync(queue.Keys.Stats))
        .ToDictionary(counter => (string)counter.Name!, counter => (long)counter.Value, StringComparer.Ordinal);

    public async ValueTask DisposeAsync() => await Disposal.DisposeAllAsync(Victim, proxy, queue);

    private (string Name, string Value)[] Settings(string redis) => WorkerSettings.On(queue, redis, more: [.. Hasty, .. settings]);

    private async Task<long> HeldAsync()
    {
        var held = 0;
        await foreach (var _ in queue.Queue.Multiplexer.GetServers()[0].KeysAsync(pattern: queue.Keys.ProcessingPattern))
        {
            held++;
        }

        return held;
    }
}
