using System.Runtime.ExceptionServices;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>
/// One bulk enqueue: its jobs go in chunks, queue after queue, a script for each, and what became of each job is kept until the end.
/// </summary>
internal sealed class BulkEnqueue
{
    /// <summary>Jobs, and bytes of envelopes, of one script at most: it must stay short.</summary>
    internal const int MostJobs = 500;
    internal const int MostBytes = 256 * 1_024;

    /// <summary>Enough that Redis and this process work at the same time.</summary>
    internal const int MostInFlight = 4;

    private readonly string[] _ids;
    private readonly Dictionary<string, int> _places;
    private readonly QueuedJob[] _jobs;
    private readonly BulkOutcome[] _outcomes;
    private EnqueuedJob? _carried;
    private Exception? _error;

    /// <summary>Looks at all of them, before anything is sent.</summary>
    /// <param name="envelopes">All of them.</param>
    /// <param name="queueOf">Names the queue of each.</param>
    /// <exception cref="ArgumentException">
    /// One is null, its id is longer than 1,024 bytes of UTF-8, or its id is given for two queues.
    /// </exception>
    public BulkEnqueue(IReadOnlyCollection<JobEnvelope> envelopes, Func<JobEnvelope, string> queueOf)
    {
        _ids = new string[envelopes.Count];
        _places = new Dictionary<string, int>(envelopes.Count, StringComparer.Ordinal);
        var jobs = new List<QueuedJob>(envelopes.Count);
        foreach (var (i, envelope) in envelopes.Index())
        {
            if (envelope is null)
            {
                throw new ArgumentException($"Envelope {i} is null.", nameof(envelopes));
            }

            TaskIdLimit.ThrowIfExceededBy(envelope.TaskId, nameof(envelopes));

            // Only the first of an id is sent: chunks are tried again one by one, and a later one must not overtake it.
            _ids[i] = envelope.TaskId;
            var job = new QueuedJob(queueOf(envelope), envelope);
            if (_places.TryAdd(envelope.TaskId, jobs.Count))
            {
                jobs.Add(job);
            }
            else if (jobs[_places[envelope.TaskId]] is var first && first.Queue != job.Queue)
            {
                throw new ArgumentException(
                    $"Task id {envelope.TaskId} is given for two queues, {first.Queue} and {job.Queue}.", nameof(envelopes));
            }
        }

        _jobs = QueueAfterQueue(jobs);
        _outcomes = new BulkOutcome[_jobs.Length];
    }

    /// <summary>The queues that they go to.</summary>
    public IEnumerable<string> Queues => _jobs.Select(job => job.Queue).Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Sends chunk after chunk, several in flight, and writes out the next one meanwhile; ends with the first that fails, once all
    /// in flight have ended.
    /// </summary>
    /// <param name="admit">Throws when there is no room for a chunk; is told its queue and its first task id.</param>
    /// <param name="send">
    /// Begins to send a chunk to its queue before it returns, so that they keep their order; returns who was before.
    /// </param>
    /// <exception cref="OperationCanceledException">Cancelled before anything was sent.</exception>
    /// <exception cref="BulkEnqueueException">Something failed.</exception>
    public async Task<BulkEnqueueResult> RunAsync(
        Func<string, string, Task> admit, Func<string, ReadOnlyMemory<EnqueuedJob>, Task<int[]>> send)
    {
        var inFlight = new Queue<Task>(MostInFlight);
        for (var start = 0; start < _jobs.Length && _error is null;)
        {
            try
            {
                var queue = _jobs[start].Queue;
                await admit(queue, _jobs[start].Envelope.TaskId);
                var chunk = WriteChunk(start);
                inFlight.Enqueue(SendAsync(chunk, _outcomes.AsMemory(start, chunk.Length), jobs => send(queue, jobs)));
                start += chunk.Length;
            }
            catch (Exception error)
            {
                _error ??= error;
            }

            if (inFlight.Count == MostInFlight)
            {
                await inFlight.Dequeue();
            }
        }

        await Task.WhenAll(inFlight);
        return End();
    }

    /// <summary>Never throws.</summary>
    private async Task SendAsync(
        EnqueuedJob[] chunk, Memory<BulkOutcome> outcomes, Func<ReadOnlyMemory<EnqueuedJob>, Task<int[]>> send)
    {
        try
        {
            var before = await send(chunk);
            outcomes.Span.Fill(BulkOutcome.Enqueued);
            foreach (var number in before)
            {
                outcomes.Span[number - 1] = BulkOutcome.Duplicate;
            }
        }
        catch (Exception error)
        {
            outcomes.Span.Fill(error switch
            {
                EnqueueOutcomeUnknownException => BulkOutcome.Unknown,
                DurabilityNotReachedException => BulkOutcome.NotDurable,
                EnqueueException or OperationCanceledException => BulkOutcome.NotEnqueued,
                _ => BulkOutcome.Unknown, // a defect: nothing is certain
            });
            Interlocked.CompareExchange(ref _error, error, comparand: null);
        }
    }

    /// <summary>In each queue in the order given; and where each is now.</summary>
    private QueuedJob[] QueueAfterQueue(List<QueuedJob> jobs)
    {
        if (jobs.TrueForAll(job => job.Queue == jobs[0].Queue))
        {
            return [.. jobs];
        }

        QueuedJob[] sorted = [.. jobs.GroupBy(job => job.Queue, StringComparer.Ordinal).SelectMany(queue => queue)];
        foreach (var (i, job) in sorted.Index())
        {
            _places[job.Envelope.TaskId] = i;
        }

        return sorted;
    }

    private EnqueuedJob[] WriteChunk(int start)
    {
        var chunk = new List<EnqueuedJob>(Math.Min(MostJobs, _jobs.Length - start));
        var bytes = 0L;
        while (chunk.Count < MostJobs && start + chunk.Count < _jobs.Length && _jobs[start + chunk.Count].Queue == _jobs[start].Queue)
        {
            var envelope = _jobs[start + chunk.Count].Envelope;
            var job = _carried ?? new EnqueuedJob(envelope.TaskId, envelope.ToUtf8());
            bytes += job.Envelope.Length;
            if (bytes > MostBytes && chunk.Count > 0)
            {
                _carried = job; // the first of the next chunk, already written out
                break;
            }

            _carried = null;
            chunk.Add(job);
        }

        return [.. chunk];
    }

    private BulkEnqueueResult End()
    {
        if (_error is null)
        {
            return _ids.Length == _jobs.Length && !_outcomes.AsSpan().Contains(BulkOutcome.Duplicate)
                ? new BulkEnqueueResult(_ids, [])
                : Result(Outcomes());
        }

        if (_error is OperationCanceledException && Array.TrueForAll(_outcomes, outcome => outcome == BulkOutcome.NotEnqueued))
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        throw new BulkEnqueueException(Outcomes(), Inner(_error));
    }

    private static BulkEnqueueResult Result(ILookup<BulkOutcome, string> ids) =>
        new([.. ids[BulkOutcome.Enqueued]], [.. ids[BulkOutcome.Duplicate]]);

    /// <summary>An id that is given again is a duplicate, if its first one is in the queue; if not, it goes the same way.</summary>
    private ILookup<BulkOutcome, string> Outcomes()
    {
        var seen = new HashSet<string>(_ids.Length, StringComparer.Ordinal);
        return _ids.ToLookup(
            id => (_outcomes[_places[id]], seen.Add(id)) is (BulkOutcome.Enqueued, false)
                ? BulkOutcome.Duplicate
                : _outcomes[_places[id]]);
    }

    /// <param name="Queue">Where it goes.</param>
    /// <param name="Envelope">The job.</param>
    private readonly record struct QueuedJob(string Queue, JobEnvelope Envelope);

    /// <summary>The cancellation itself, not one chunk's word for it.</summary>
    private static Exception Inner(Exception error) =>
        error is EnqueueOutcomeUnknownException { InnerException: OperationCanceledException cancelled } ? cancelled : error;
}
