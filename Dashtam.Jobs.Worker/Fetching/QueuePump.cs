using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;
using StackExchange.Redis;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>
/// Fetches one job per free slot, plus a read-ahead while jobs are short. When fewer came than were asked for, waits in <c>BLMOVE</c>.
/// </summary>
internal sealed partial class QueuePump(
    IJobFetcher fetcher,
    IReadyWaiter waiter,
    WorkerSession session,
    RunningJobs running,
    SlotLoop runs,
    ReadAhead ahead,
    Slots slots,
    ProcessingAudit audit,
    Freshness fetching,
    IHostApplicationLifetime lifetime,
    Random random,
    TimeProvider time,
    ILogger<QueuePump> logger) : BackgroundService, IPulse
{
    /// <summary>
    /// A ready job ends a wait, and a delayed job is announced. So a fetch without need finds lost announcements, and suspects.
    /// </summary>
    internal static readonly TimeSpan LongestWithoutFetch = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseWhileOthersEnd = TimeSpan.FromMilliseconds(250);

    // Due times are spread a little over the workers, so that a thousand idle ones do not ask at once.
    private static readonly TimeSpan DueJitter = TimeSpan.FromMilliseconds(20);

    private readonly Turns _turns = new();
    private bool _failing;
    private bool _full;

    // Slots that the pump has taken and no job owns yet. Counted down beside each start: whatever is thrown afterwards, a slot
    // that a job owns is not given back by the pump.
    private int _free;

    public string Name => "pump";

    public long? Turn => _turns.Current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await slots.ChangedAsync(stoppingToken);
            _free = slots.TakeAll();
            _turns.Begin();
            try
            {
                await TurnAsync(stoppingToken);
                LogHealthyAgain();
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // The reply is lost, not necessarily the work: the list is compared with what is held.
                audit.Request();
                LogFailure(error);
                await PauseAsync(PauseAfterFailure, stoppingToken);
            }
            finally
            {
                _turns.End();
                slots.Release(_free);
                _free = 0;
            }
        }
    }

    /// <summary>Nothing is fetched before the whole process is up: one that cannot start must not take jobs with it.</summary>
    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
        await session.Registered.WaitAsync(stoppingToken);
    }

    /// <summary>One fetch and, when slots are left, one wait.</summary>
    private async Task TurnAsync(CancellationToken stoppingToken)
    {
        var worker = session.Name;
        StartAhead();
        if (await AdoptAsync(stoppingToken))
        {
            return;
        }

        var wanted = new FetchRequest(_free, ahead.Room())
        {
            MayRunAlone = running.Abandoned == 0,
            MostBytes = running.Bytes.Left,
        };
        if (wanted.Most == 0)
        {
            return;
        }

        if (wanted.MostBytes == 0)
        {
            await WaitBusyAsync(running.Bytes.RoomAsync(stoppingToken), stoppingToken);
            return;
        }

        // Neither call takes the stopping token: a reply that nobody awaits would strand its jobs. A stop ends the wait.
        var fetched = await fetcher.FetchAsync(worker, wanted, CancellationToken.None);
        fetching.Mark();
        if (fetched.TooLarge > 0)
        {
            LogTooLarge(fetched.TooLarge);
        }

        switch (fetched.Code)
        {
            case FetchCode.NotRegistered:
                await session.RenewAsync(worker, stoppingToken);
                return;
            case FetchCode.LetEnd:
                await PauseAsync(PauseWhileOthersEnd, stoppingToken);
                return;
            case FetchCode.RunAlone:
                await RunAloneAsync(fetched.Deliveries[0], stoppingToken);
                return;
        }

        foreach (var delivery in fetched.Deliveries)
        {
            Take(delivery);
        }

        if (fetched.Deliveries.Count == wanted.Most && ahead.IsLow)
        {
            slots.Signal(); // the slots were faster than the reply, and nobody will say so again
        }

        if (_free > 0 && running.Bytes.Left > 0 && !stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(worker, fetched.NextDue, stoppingToken);
        }
    }

    /// <summary>Starts what the audit has found; true: nothing may be fetched now, because a suspect is among it.</summary>
    private async Task<bool> AdoptAsync(CancellationToken stoppingToken)
    {
        while (_free > 0 && audit.NextAdopted is { } next)
        {
            if (next.RunsAlone && running.Count > 0)
            {
                await PauseAsync(PauseWhileOthersEnd, stoppingToken);
                return true;
            }

            if (!audit.TryAdopt(out var adopted))
            {
                return false;
            }

            if (adopted.RunsAlone)
            {
                await RunAloneAsync(adopted, stoppingToken);
                return true;
            }

            Start(adopted);
        }

        return false;
    }

    /// <summary>Runs a suspect, and fetches nothing beside it: should it take the worker down, it takes nothing else with it.</summary>
    private async Task RunAloneAsync(Delivery delivery, CancellationToken stoppingToken)
    {
        LogAlone(delivery.Moves);
        _free--;
        await WaitBusyAsync(runs.RunAloneAsync(delivery), stoppingToken);
    }

    /// <summary>Waits for as long as handlers take; no fetch is expected meanwhile.</summary>
    private async Task WaitBusyAsync(Task ended, CancellationToken stoppingToken)
    {
        slots.Busy = true;
        _turns.End();
        await ended.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        slots.Busy = false;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken) =>
        await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits until a job comes, one is due, or somebody ends the wait; a fetch follows.</summary>
    private async Task WaitAsync(string worker, TimeSpan? nextDue, CancellationToken stoppingToken)
    {
        var begun = time.GetTimestamp();
        var limit = nextDue is { } due && due < LongestWithoutFetch ? due + DueJitter * random.NextDouble() : LongestWithoutFetch;
        await using var stop = stoppingToken.Register(() => _ = waiter.InterruptAsync());
        try
        {
            for (var waited = TimeSpan.Zero; waited < limit && audit.NextAdopted is null && session.Name == worker;
                 waited = time.GetElapsedTime(begun))
            {
                var until = limit - waited < IReadyWaiter.LongestWait ? limit : waited + IReadyWaiter.LongestWait;
                var delivery = await waiter.WaitAsync(worker, until - waited);
                _full = false;
                if (delivery is not null)
                {
                    Start(delivery);
                    await Task.Yield(); // on this thread, which is awake, the job comes before the next fetch
                    return;
                }

                fetching.Mark();
                if (time.GetElapsedTime(begun) < until)
                {
                    return; // it was interrupted
                }
            }
        }
        catch (RedisServerException error) when (error.Message.StartsWith("OOM", StringComparison.Ordinal))
        {
            // A full Redis refuses BLMOVE, but not fetch.lua: keep on polling, or nothing ever drains.
            if (!_full)
            {
                LogFull();
            }

            _full = true;
            await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
        }
    }

    /// <summary>What has waited for a slot comes before what is fetched.</summary>
    private void StartAhead()
    {
        while (_free > 0 && runs.TryStartAhead())
        {
            _free--;
        }
    }

    private void Take(Delivery delivery)
    {
        if (_free > 0)
        {
            Start(delivery);
        }
        else
        {
            runs.KeepAhead(delivery);
        }
    }

    private void Start(Delivery delivery)
    {
        _free--;
        runs.Start(delivery);
    }

    private void LogFailure(Exception error)
    {
        if (!_failing)
        {
            LogStopped(error.Message);
        }

        _failing = true;
    }

    private void LogHealthyAgain()
    {
        if (_failing)
        {
            LogResumed();
        }

        _failing = false;
    }
}
