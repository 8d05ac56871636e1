using Dashtam.Jobs.Core.Execution.Pipeline;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>What a slot does: it runs a job, and then whatever was read ahead, until nothing is left.</summary>
internal sealed class SlotLoop(
    JobExecutor executor, TimedHandlers handlers, RunningJobs running, ReadAhead ahead, Slots slots, TimeProvider time)
{
    /// <summary>
    /// A slot is free as soon as its handler has returned, while the result is still on its way; not so any more when so many
    /// are on their way.
    /// </summary>
    private const int MostUnsettled = 1_024;

    /// <summary>
    /// How long a slot runs short jobs one after the other before it lets others have the thread; and how long all together do:
    /// what else waits for a thread comes after all of them.
    /// </summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(0.25);
    private static readonly TimeSpan LongestRound = TimeSpan.FromMilliseconds(2.5);

    private readonly TimeSpan _turn = LongestRound / slots.Count < LongestTurn ? LongestRound / slots.Count : LongestTurn;
    private int _begun;

    /// <summary>Starts a delivery on a slot that the caller has taken for it; the slot is released when nothing waits for it.</summary>
    public void Start(Delivery delivery) => Start(running.Hold(delivery));

    /// <summary>Keeps a delivery until a slot is free for it.</summary>
    public void KeepAhead(Delivery delivery) => ahead.Add(running.Hold(delivery));

    /// <summary>Starts one that was read ahead on a slot that the caller has taken for it; false: none waits.</summary>
    public bool TryStartAhead()
    {
        var run = ahead.Take();
        if (run is not null)
        {
            Start(run);
        }

        return run is not null;
    }

    /// <summary>Runs a delivery, on a slot that the caller has taken, and releases the slot when all of it has ended.</summary>
    public async Task RunAloneAsync(Delivery delivery)
    {
        var run = running.Hold(delivery);
        running.Alone = run;
        await Task.Run(
            () =>
            {
                var (settled, returned) = Begin(run);
                return Task.WhenAll(settled, returned);
            },
            CancellationToken.None);
        running.Alone = null;
        slots.Release();
    }

    // On the thread pool: the pump must not wait for a handler that blocks.
    private void Start(Run run) => ThreadPool.UnsafeQueueUserWorkItem(
        static work => _ = work.Slot.RunAsync(work.Run), (Slot: this, Run: run), preferLocal: false);

    private async Task RunAsync(Run first)
    {
        var turn = time.GetTimestamp();
        for (var run = first; run is not null; run = ahead.Take())
        {
            var (settled, returned) = Begin(run);
            if (!returned.IsCompleted)
            {
                // Not on the thread of whatever the handler waited for: the next one may block.
                await returned.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
            }

            ahead.Ended();
            if (Volatile.Read(ref _begun) > MostUnsettled + slots.Count)
            {
                // Not on the thread that tells others of a group that they are settled: the next handler may block.
                await settled.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (time.GetElapsedTime(turn) > _turn)
            {
                await Task.Yield(); // the pool's threads are few: replies of Redis must not wait until nothing is left to run
                turn = time.GetTimestamp();
            }
        }

        slots.Release();
    }

    /// <summary>Begins a run, and calls its handler on this thread.</summary>
    private (Task Settled, Task Returned) Begin(Run run)
    {
        if (running.IsExiting)
        {
            return (Task.CompletedTask, Task.CompletedTask); // what has not begun is given back, and others may have it already
        }

        if (run.CancelledBecause == CancelReason.Fenced)
        {
            run.Move(RunStep.Settle); // it is another worker's
            return (Task.CompletedTask, Task.CompletedTask);
        }

        return (ExecuteAsync(run), handlers.CallAsync(run));
    }

    private async Task ExecuteAsync(Run run)
    {
        Interlocked.Increment(ref _begun);
        try
        {
            await executor.ExecuteAsync(run);
        }
        finally
        {
            Interlocked.Decrement(ref _begun);
        }
    }
}
