using System.Runtime.InteropServices;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Verbs;
using StackExchange.Redis;

namespace Dashtam.Jobs.Bench.Ceilings;

/// <summary>A worker that does nothing but move jobs: how fast one could be with this client.</summary>
internal sealed class CeilingWorker(RawQueue queue, CeilingKind kind, RunRecorder recorder, TimeSpan sleep)
{
    private static readonly TimeSpan EmptyWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(string name, VerbArguments arguments)
    {
        using var stop = new CancellationTokenSource();
        using var onStop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        using var recorder = new RunRecorder(arguments.Record);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arguments.RedisEndPoint);
        var kind = CeilingKind.Of(name, arguments.Concurrency);
        var worker = new CeilingWorker(
            new RawQueue(redis.GetDatabase()), kind, recorder, TimeSpan.FromMilliseconds(arguments.SleepMs));
        await Task.WhenAll(Enumerable.Range(0, kind.Loops).Select(_ => Task.Run(() => worker.LoopAsync(stop.Token))));
        return 0;
    }

    private async Task LoopAsync(CancellationToken stop)
    {
        var finished = Task.CompletedTask;
        while (!stop.IsCancellationRequested)
        {
            var jobs = kind.ByScript
                ? await queue.FetchByScriptAsync(kind.Batch)
                : await queue.FetchPipelinedAsync(kind.Batch);
            await finished;
            if (jobs.Length == 0)
            {
                await Task.Delay(EmptyWait, CancellationToken.None);
                continue;
            }

            await WorkAsync(jobs);

            // Sent before the next fetch on the same connection: Redis sees one batch held at most.
            finished = kind.ByScript ? queue.FinishByScriptAsync(jobs) : queue.FinishPipelinedAsync(jobs);
        }

        await finished;
    }

    private Task WorkAsync(RedisValue[] jobs)
    {
        if (sleep > TimeSpan.Zero)
        {
            return Task.WhenAll(jobs.Select(SleepAsync));
        }

        foreach (var job in jobs)
        {
            recorder.Ran(RawQueue.NumberOf(job));
        }

        return Task.CompletedTask;
    }

    private async Task SleepAsync(RedisValue job)
    {
        var n = RawQueue.NumberOf(job);
        recorder.Started(n);
        await Task.Delay(sleep);
        recorder.Ended(n);
    }
}
