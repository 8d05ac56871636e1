using Dashtam.Jobs.Core.Queue.Bare;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary>A job that ended, on its way out of the processing list.</summary>
/// <param name="Delivery">What was fetched.</param>
/// <param name="Keys">Where its result goes, and what else its end touches.</param>
/// <param name="Counter">What counts it.</param>
/// <param name="Result">JSON.</param>
/// <param name="TaskId">Its id.</param>
internal sealed record FinishedJob(Delivery Delivery, RedisKey[] Keys, RedisValue Counter, byte[] Result, string TaskId)
{
    /// <summary>What goes to its bare key, now or after it; null: nothing.</summary>
    public BareWrite? Bare { get; init; }
}

/// <summary>
/// Group commit: what ends while one script is under way goes together with the next. A job that ends alone waits for nobody,
/// and a group that is full does not wait either, while <see cref="MostInFlight"/> allows it.
/// </summary>
/// <param name="send">Settles jobs of one worker; answers in their order.</param>
internal sealed class FinishGroup(Func<IReadOnlyList<FinishedJob>, Task<Settlement[]>> send)
{
    /// <summary>Jobs, and bytes of envelopes and results, of one script at most: it must stay short.</summary>
    internal const int MostJobs = 200;

    /// <summary>Enough that Redis and this process work at the same time.</summary>
    internal const int MostInFlight = 3;

    private const int MostBytes = 256 * 1_024;

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _sending;

    /// <summary>Settles a job, with others or alone; throws what sending them threw.</summary>
    public Task<Settlement> FinishAsync(FinishedJob job)
    {
        var waiting = new Waiting(job);
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            if (_sending > 0 && (_sending == MostInFlight || _waiting.Count < MostJobs))
            {
                return waiting.Task;
            }

            _sending++;
        }

        _ = SendAllAsync();
        return waiting.Task;
    }

    private async Task SendAllAsync()
    {
        await Task.Yield(); // what ends in this very moment comes along
        while (TakeTogether() is { Count: > 0 } together)
        {
            try
            {
                var answers = await send(together.ConvertAll(waiting => waiting.Job));
                Complete(together, answers);
            }
            catch (Exception error)
            {
                Fail(together, error);
            }
        }
    }

    // On another thread, so that the next script is not kept waiting; all of a script on one, or each would wake up one.
    private static void Complete(List<Waiting> together, Settlement[] answers) => ThreadPool.UnsafeQueueUserWorkItem(
        static done =>
        {
            for (var i = 0; i < done.together.Count; i++)
            {
                done.together[i].SetResult(done.answers[i]);
            }
        },
        (together, answers),
        preferLocal: false);

    private static void Fail(List<Waiting> together, Exception error) => ThreadPool.UnsafeQueueUserWorkItem(
        static failed => failed.together.ForEach(waiting => waiting.SetException(failed.error)), (together, error), preferLocal: false);

    /// <summary>What may go in one script; empty: this sender ends, because nothing waits, or too little for two.</summary>
    private List<Waiting> TakeTogether()
    {
        var together = new List<Waiting>();
        var bytes = 0;
        lock (_lock)
        {
            var most = _sending > 1 && _waiting.Count < MostJobs ? 0 : MostJobs;
            while (together.Count < most && _waiting.TryPeek(out var next))
            {
                var job = next.Job;
                bytes += job.Delivery.Envelope.Length + job.Result.Length + (job.Bare?.Argument.Length ?? 0);
                if (together.Count > 0 && (bytes > MostBytes || job.Delivery.Worker != together[0].Job.Delivery.Worker))
                {
                    break;
                }

                together.Add(_waiting.Dequeue());
            }

            _sending -= together.Count > 0 ? 0 : 1;
        }

        return together;
    }

    private sealed class Waiting(FinishedJob job) : TaskCompletionSource<Settlement>
    {
        public FinishedJob Job { get; } = job;
    }
}
