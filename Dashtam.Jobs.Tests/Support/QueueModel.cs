using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// What the queue promises, in memory: <c>QueueModelTests</c> compare it with Redis, and the fake queue answers what it says. Lists are
/// in Redis' order: the head first.
/// </summary>
internal sealed class QueueModel(int parkedMax, int deadMax)
{
    private const string Dropped = "dead:dropped";

    private readonly HashSet<string> _enqueued = new(StringComparer.Ordinal);

    public List<string> Ready { get; } = [];

    public List<string> Isolated { get; } = [];

    /// <summary>What each worker that ever was holds.</summary>
    public Dictionary<string, List<string>> Held { get; } = new(StringComparer.Ordinal);

    public List<string> Later { get; } = [];

    /// <summary>Those of the delayed whose time has come, the earliest first.</summary>
    public List<string> Due { get; } = [];

    public List<string> Parked { get; } = [];

    public HashSet<string> Workers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Suspects { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Results { get; } = new(StringComparer.Ordinal);

    public int Dead { get; private set; }

    /// <summary>Jobs that were put in.</summary>
    public int Jobs { get; private set; }

    /// <summary>Who lets its jobs end, to run a suspect alone.</summary>
    public string? Alone { get; set; }

    public void Push(string job)
    {
        Jobs++;
        Ready.Insert(0, job);
    }

    public bool Enqueue(string job, bool later)
    {
        if (!_enqueued.Add(job))
        {
            return false;
        }

        if (!later)
        {
            Push(job);
            return true;
        }

        Jobs++;
        Later.Add(job);
        return true;
    }

    public void BecomeDue(string job)
    {
        Later.Remove(job);
        Due.Add(job);
    }

    /// <summary>Takes jobs into a worker's hands.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="wanted">How many at most.</param>
    /// <param name="ahead">How many more at most; at least as many are left in the queue for other workers.</param>
    /// <param name="mayRunAlone">Whether it may be handed a suspect.</param>
    public (FetchCode Code, IReadOnlyList<string> Jobs) Fetch(string worker, int wanted, int ahead = 0, bool mayRunAlone = true)
    {
        if (!Workers.Contains(worker))
        {
            return (FetchCode.NotRegistered, []);
        }

        var suspects = Due.ToLookup(job => Suspects.GetValueOrDefault(job) >= Delivery.AloneFrom);
        Ready.AddRange(suspects[false].Reverse());
        Isolated.InsertRange(0, suspects[true].Reverse());
        Due.Clear();
        var isFree = HeldBy(worker).Count == 0;
        var (isSuspect, isFirst) = (mayRunAlone && Isolated.Count > 0, Alone is null || Alone == worker);
        if (isSuspect && isFree)
        {
            Alone = Alone == worker ? null : Alone;
            return (FetchCode.RunAlone, [Take(worker, Isolated)]);
        }

        if (isSuspect && isFirst)
        {
            Alone = worker;
            return (FetchCode.LetEnd, []);
        }

        var jobs = TakeReady(worker, wanted);
        jobs.AddRange(TakeReady(worker, Math.Min(ahead, Ready.Count / 2)));
        return (FetchCode.Run, jobs);
    }

    public Settlement Finish(string worker, string job) => Leave(worker, job, "job:succeeded", () => Results.Add(job));

    public Settlement EndReplaced(string worker, string job) => Leave(worker, job, "job:replaced", () => Results.Add(job));

    /// <summary>Puts back what has not begun.</summary>
    /// <param name="worker">Who holds it.</param>
    /// <param name="jobs">The oldest first.</param>
    public Settlement HandBack(string worker, IReadOnlyList<string> jobs)
    {
        if (!Workers.Contains(worker))
        {
            return Settlement.Fenced;
        }

        foreach (var job in jobs.Reverse())
        {
            if (HeldBy(worker).Remove(job))
            {
                Ready.Add(job);
            }
        }

        return Settlement.Done;
    }

    public Settlement Retry(string worker, string job, string next) =>
        Leave(worker, job, "job:retried", () => Later.Add(next));

    /// <summary>The next attempt takes over the count, be it 0.</summary>
    public Settlement RetryHanging(string worker, string job, string next)
    {
        var moves = Suspects.GetValueOrDefault(job);
        return Leave(worker, job, "job:retried", () =>
        {
            Later.Add(next);
            Suspects[next] = moves;
        });
    }

    public Settlement GiveBackHanging(string worker, string job)
    {
        var moves = Suspects.GetValueOrDefault(job, -1);
        return Leave(worker, job, counter: null, () =>
        {
            (moves >= Delivery.AloneFrom ? Isolated : Ready).Add(job);
            if (moves >= 0)
            {
                Suspects[job] = moves;
            }
        });
    }

    /// <summary>How many jobs were counted.</summary>
    public int CountRecycled(string job, bool alone)
    {
        if (!Suspects.TryGetValue(job, out var moves))
        {
            return 0;
        }

        Suspects[job] = Moved(moves, alone);
        return 1;
    }

    public Settlement GiveBack(string worker, string job) => Leave(worker, job, counter: null, () => Ready.Add(job));

    public Settlement Park(string worker, string job) => Parked.Count >= parkedMax
        ? Settlement.Full
        : Leave(worker, job, "unknown:put_aside", () => Parked.Add(job));

    public Settlement DeadLetter(string worker, string job) => Leave(worker, job, "job:dead_lettered", () =>
    {
        Results.Add(job);
        Dead++;
        if (Dead > deadMax)
        {
            Dead--;
            Count(Dropped);
        }
    });

    public void Unpark(string job)
    {
        Parked.Remove(job);
        Ready.Add(job);
    }

    /// <summary>How many jobs it moves.</summary>
    public int Recover(string worker)
    {
        Workers.Remove(worker);
        var held = HeldBy(worker);
        foreach (var job in held)
        {
            Suspects[job] = Moved(Suspects.GetValueOrDefault(job), alone: held.Count == 1);
            if (Suspects[job] < Delivery.AloneFrom)
            {
                Ready.Add(job);
            }
            else
            {
                Isolated.Insert(0, job);
            }
        }

        var moved = held.Count;
        held.Clear();
        return moved;
    }

    public List<string> HeldBy(string worker)
    {
        if (!Held.TryGetValue(worker, out var held))
        {
            Held[worker] = held = [];
        }

        return held;
    }

    /// <summary>Beside others a job is moved until it is to run alone, and no further.</summary>
    private static int Moved(int moves, bool alone) => alone ? moves + 1 : Math.Min(moves + 1, Math.Max(moves, Delivery.AloneFrom));

    private List<string> TakeReady(string worker, int wanted)
    {
        var jobs = new List<string>();
        while (jobs.Count < wanted && Ready.Count > 0)
        {
            jobs.Add(Take(worker, Ready));
        }

        return jobs;
    }

    private string Take(string worker, List<string> from)
    {
        var job = from[^1];
        from.RemoveAt(from.Count - 1);
        HeldBy(worker).Insert(0, job);
        return job;
    }

    private Settlement Leave(string worker, string job, string? counter, Action arrive)
    {
        if (!HeldBy(worker).Remove(job))
        {
            // One that is still registered has settled the job before, and its reply was lost.
            return Workers.Contains(worker) ? Settlement.AlreadyDone : Settlement.Fenced;
        }

        Suspects.Remove(job);
        arrive();
        if (counter is not null)
        {
            Count(counter);
        }

        return Settlement.Done;
    }

    private void Count(string counter) => Counters[counter] = Counters.GetValueOrDefault(counter) + 1;
}
