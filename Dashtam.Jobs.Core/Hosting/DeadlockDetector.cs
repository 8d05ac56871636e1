using System.Diagnostics;
using System.Globalization;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>
/// Tells a process that will never go on from one that is slow. Deadlocked is, for the whole limit and without a break,
/// <list type="bullet">
/// <item>a thread pool that neither ran a trivial piece of work nor ended any other, got no thread more, and used less than a
/// fifth of a processor (handlers that block or compute are legal: with them the pool grows or the processor is busy);</item>
/// <item>or a loop that stays in one turn, while the pool works.</item>
/// </list>
/// Only time counts in which the looks themselves came in time: not while the process was stopped (SIGSTOP, a suspended machine),
/// starved, in a long garbage collection, or held by a debugger.
/// </summary>
internal sealed class DeadlockDetector(IPoolView pool, IEnumerable<IPulse> pulses, TimeProvider time, TimeSpan limit)
{
    /// <summary>How often to look.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Late = 3 * Interval;

    private const double IdleShare = 0.2;

    private readonly List<Watched> _watched = [.. pulses.Select(pulse => new Watched(pulse))];
    private long? _lookedAt;
    private PoolWork _work;
    private TimeSpan _poolSilent;
    private int _posted;

    /// <summary>What is deadlocked; null: nothing is, as far as is known.</summary>
    public string? Look()
    {
        var now = time.GetTimestamp();
        var passed = _lookedAt is { } last ? time.GetElapsedTime(last, now) : TimeSpan.MaxValue;
        _lookedAt = now;
        if (passed > Late || Debugger.IsAttached)
        {
            Forget();
            return null;
        }

        return LookAtPool(passed) switch
        {
            Pool.Works => LookAtLoops(passed),
            Pool.Silent when _poolSilent >= limit => Text("the thread pool has done nothing", _poolSilent),
            _ => null,
        };
    }

    private static string Text(string what, TimeSpan silent) => string.Create(
        CultureInfo.InvariantCulture, $"{what} for {silent.TotalSeconds:0} s");

    private void Forget()
    {
        _poolSilent = TimeSpan.Zero;
        _watched.ForEach(watched => watched.Forget());
        _work = pool.Look();
        Post();
    }

    private Pool LookAtPool(TimeSpan passed)
    {
        var before = _work;
        _work = pool.Look();
        if (Volatile.Read(ref _posted) == 0)
        {
            _poolSilent = TimeSpan.Zero;
            Post();
            return Pool.Works;
        }

        if (_work.Completed != before.Completed || _work.Threads > before.Threads
            || _work.Processor - before.Processor > IdleShare * passed)
        {
            _poolSilent = TimeSpan.Zero;
            return Pool.Busy;
        }

        _poolSilent += passed;
        return Pool.Silent;
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _posted, 1) == 0)
        {
            pool.Post(() => Volatile.Write(ref _posted, 0));
        }
    }

    private string? LookAtLoops(TimeSpan passed)
    {
        var stuck = _watched.Find(watched => watched.Look(passed) >= limit);
        return stuck is null ? null : Text($"the {stuck.Name} has been in one turn", stuck.Silent);
    }

    private enum Pool
    {
        /// <summary>It ran the small piece of work.</summary>
        Works,

        /// <summary>It does other things; a loop's reply may wait behind them, so that no loop is judged either.</summary>
        Busy,

        /// <summary>It does nothing.</summary>
        Silent,
    }

    private sealed class Watched(IPulse pulse)
    {
        private long? _turn;

        public string Name => pulse.Name;

        public TimeSpan Silent { get; private set; }

        public TimeSpan Look(TimeSpan passed)
        {
            var turn = pulse.Turn;
            Silent = turn is not null && turn == _turn ? Silent + passed : TimeSpan.Zero;
            _turn = turn;
            return Silent;
        }

        public void Forget()
        {
            _turn = null;
            Silent = TimeSpan.Zero;
        }
    }
}
