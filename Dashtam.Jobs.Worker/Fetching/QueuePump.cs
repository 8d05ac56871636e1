using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>
/// Fetches the jobs of one queue: one for each slot that is this queue's, plus a read-ahead while jobs are short. When fewer came than
/// were asked for, it waits for the next.
/// </summary>
internal sealed partial class QueuePump(
    IJobFetcher fetcher,
    WorkerSession session,
    RunningJobs running,
    SlotLoop runs,
    ReadAhead ahead,
    Slots slots,
    QueueShare share,
    ReadyWait wait,
    ProcessingAudit audit,
    Freshness fetching,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<QueuePump> logger) : BackgroundService, IPulse
{
    /// <summary>After this time a fetch that is not answered keeps no slots from other queues.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseWhileOthersEnd = TimeSpan.FromMilliseconds(250);

    private readonly Turns _turns = new();
    private TimeSpan? _nextDue;
    private Delivery? _yields;
    private bool _failing;

    public string Name => "pump";

    public long? Turn => _turns.Current;

    /// <summary>Whether it waits for a slot or for a suspect to end: no fetch is expected then.</summary>
    public bool IsBusy => share.Busy;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        share.EndWait = wait.End;
        await StartedAsync(stoppingToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await RunAsync(stopping.Token); // the pumps of all queues stop at once
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The worker stops.
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

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        share.Begin();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stoppingToken);
                LogHealthyAgain();
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // The reply is lost, not necessarily the work: the list is compared with what is held.
                audit.Request();
                share.Failed();
                share.GiveUpAlone();
                LogFailure(error);
                await PauseAsync(PauseAfterFailure, stoppingToken);
            }
            finally
            {
                _turns.End();
                share.Leave();
            }
        }
    }

    /// <summary>Waits until there is something to do for this queue, and does it: one fetch, or one wait for the next job.</summary>
    private async Task TurnAsync(CancellationToken stoppingToken)
    {
        if (slots.Free > 0)
        {
            share.Signal.Clear(); // what it said is looked at now
        }

        for (var signalled = false; ; signalled = true)
        {
            if (share.TryEnter())
            {
                _turns.Begin();
                StartAhead();
                if (await AdoptAsync(stoppingToken))
                {
                    return;
                }

                if (running.Bytes.Left == 0)
                {
                    running.Bytes.SayFull();
                }
                else if (share.Take(signalled) is { IsEmpty: false } claim)
                {
                    await FetchAsync(claim, stoppingToken);
                    return;
                }
                else if (share.MayWatch)
                {
                    await WatchAsync(stoppingToken);
                    return;
                }

                _turns.End();
                share.Leave();
            }

            share.Busy = true;
            await share.Signal.WaitAsync(stoppingToken);
            share.Busy = false;
        }
    }

    private async Task FetchAsync(Claim claim, CancellationToken stoppingToken)
    {
        var worker = session.Name;
        var mayRunAlone = running.Abandoned == 0 && share.TryHoldAlone();
        var wanted = new FetchRequest(claim.Slots, claim.Ahead)
        {
            MayRunAlone = mayRunAlone,
            HeldElsewhere = mayRunAlone && !share.IsOnly && IsElsewhere(claim) ? 1 : 0,
            MostBytes = Math.Max(1, running.Bytes.Left / share.Queues),
        };

        // The call does not take the stopping token: a reply that nobody awaits would strand its jobs.
        var reply = fetcher.FetchAsync(worker, wanted, CancellationToken.None);
        var isLate = !share.IsOnly && !await IsInTimeAsync(reply);
        var fetched = await reply;
        fetching.Mark();
        _nextDue = fetched.NextDue;
        if (fetched.TooLarge > 0)
        {
            LogTooLarge(fetched.TooLarge);
        }

        if (fetched.Code == FetchCode.Run)
        {
            share.GiveUpAlone();
            Take(fetched.Deliveries, isLate ? default : claim, isLate);
            return;
        }

        await ActAsync(fetched, worker, stoppingToken);
    }

    /// <summary>
    /// Whether deliveries of other queues are held, or may come while the fetch is under way. Only when the gate is closed may none: a
    /// suspect that a fetch finds before is let wait until then.
    /// </summary>
    private bool IsElsewhere(Claim claim) =>
        !share.HasWorkerAlone || slots.Free + claim.Slots < slots.Count || share.AreOthersActive || running.All.Any(delivery => delivery.Queue != share.Queue);

    private async Task<bool> IsInTimeAsync(Task reply)
    {
        await reply.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reply.IsCompleted)
        {
            return true;
        }

        share.Failed();
        return false;
    }

    /// <summary>What a fetch says that is not a number of jobs to run.</summary>
    private async Task ActAsync(FetchedBatch fetched, string worker, CancellationToken stoppingToken)
    {
        share.Returned();
        switch (fetched.Code)
        {
            case FetchCode.NotRegistered:
                share.Failed(); // until it has a new name
                share.GiveUpAlone();
                await session.RenewAsync(worker, stoppingToken);
                return;
            case FetchCode.LetEnd:
                share.CloseOthers();
                await PauseAsync(PauseWhileOthersEnd, stoppingToken);
                return;
            default:
                share.CloseOthers();
                await RunAloneAsync(fetched.Deliveries[0], stoppingToken);
                return;
        }
    }

    private void Take(IReadOnlyList<Delivery> deliveries, Claim claim, bool isLate)
    {
        if (deliveries.Count > 0 && share.HasPrecedence)
        {
            _ = ahead.HandBackAsync(run => share.ComesBefore(run.Delivery.Queue));
        }

        var started = 0;
        foreach (var delivery in deliveries)
        {
            if (started < claim.Slots)
            {
                started++;
                runs.Start(delivery);
            }
            else
            {
                StartOrKeep(delivery, mayStart: isLate);
            }
        }

        if (isLate)
        {
            share.Came(deliveries.Count);
        }
        else
        {
            share.Fetched(claim, started, deliveries.Count);
        }

        if (deliveries.Count == claim.Slots + claim.Ahead && ahead.IsLow)
        {
            share.Signal.Set(); // the slots were faster than the reply, and nobody will say so again
        }
    }

    /// <summary>Starts a job that came without a slot of its own if there is one, else keeps it as one that was read ahead.</summary>
    private void StartOrKeep(Delivery delivery, bool mayStart)
    {
        if (mayStart && slots.Take(1) == 1)
        {
            runs.Start(delivery);
        }
        else
        {
            runs.KeepAhead(delivery);
        }
    }

    /// <summary>Waits for the next job; a fetch follows.</summary>
    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        share.Watch(open: true);
        try
        {
            if (!await wait.NextAsync(_nextDue, Arrived, stoppingToken))
            {
                return;
            }

            if (_yields is { } delivery)
            {
                _yields = null;
                await ahead.HandBackAsync(run => run.Delivery == delivery);
                return;
            }

            await Task.Yield(); // on this thread, which is awake, the job comes before all else
            share.Came(1);
        }
        finally
        {
            share.Watch(open: false);
        }
    }

    /// <summary>A wait has brought a job.</summary>
    private void Arrived(Delivery delivery)
    {
        if (share.MustYield)
        {
            runs.KeepAhead(delivery);
            _yields = delivery;
            return;
        }

        StartOrKeep(delivery, mayStart: true);
    }

    /// <summary>Starts what the audit has found; true: nothing may be fetched now, because a suspect is among it.</summary>
    private async Task<bool> AdoptAsync(CancellationToken stoppingToken)
    {
        while (audit.NextAdopted is { } next)
        {
            if (next.RunsAlone)
            {
                return await AdoptSuspectAsync(stoppingToken);
            }

            if (slots.Take(1) == 0)
            {
                return false;
            }

            if (!audit.TryAdopt(out var adopted))
            {
                share.ReturnSlot();
                return false;
            }

            runs.Start(adopted);
        }

        return false;
    }

    private async Task<bool> AdoptSuspectAsync(CancellationToken stoppingToken)
    {
        if (!share.TryHoldAlone())
        {
            return false; // another queue's comes first
        }

        share.CloseOthers();
        if (share.AreOthersActive || running.Count > 0) // in this order: what another queue has just fetched counts
        {
            await PauseAsync(PauseWhileOthersEnd, stoppingToken);
        }
        else if (audit.TryAdopt(out var suspect))
        {
            await RunAloneAsync(suspect, stoppingToken);
        }

        return true;
    }

    /// <summary>Runs a suspect, and fetches nothing beside it: should it take the worker down, it takes nothing else with it.</summary>
    private async Task RunAloneAsync(Delivery delivery, CancellationToken stoppingToken)
    {
        LogAlone(delivery.Moves);
        if (slots.Take(1) == 0)
        {
            slots.Return(-1);
        }

        _turns.End();
        share.Busy = true;
        await runs.RunAloneAsync(delivery).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        share.Busy = false;
        share.GiveUpAlone();
    }

    /// <summary>What has waited for a slot comes before what is fetched.</summary>
    private void StartAhead()
    {
        while (ahead.Count > 0 && slots.Take(1) == 1)
        {
            if (!runs.TryStartAhead())
            {
                share.ReturnSlot();
                return;
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken) =>
        await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

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
