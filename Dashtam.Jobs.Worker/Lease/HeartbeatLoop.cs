using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Lease;

/// <summary>
/// Renews the lease, on a thread of its own: handlers that block every thread of the pool must not cost the worker its jobs.
/// It is the first loop to start and the last to stop: jobs are held from before to after the others.
/// </summary>
internal sealed partial class HeartbeatLoop(
    ILease lease,
    WorkerSession session,
    RunningJobs running,
    ProcessingAudit audit,
    ParkedJobsLoop parked,
    StuckHandlers stuck,
    WorkerClock clock,
    SettlementWatch settlements,
    IOptions<LeaseOptions> options,
    ILogger<HeartbeatLoop> logger) : IHostedService, IPulse, IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // Between two looks whether the gate is open, which it is after one round trip where Redis answers.
    private static readonly TimeSpan PauseBeforeStart = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Turns _turns = new();
    private Thread? _thread;
    private string? _problem;
    private bool _givenUp;
    private long? _dropped;

    public string Name => "heartbeat";

    public long? Turn => _turns.Current;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "heartbeat" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_thread is null)
        {
            return; // a bad setting ended the start before this loop had begun
        }

        await _stopping.CancelAsync();
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!session.Registered.IsCompleted)
        {
            return; // it never reached Redis: there is no lease to end
        }

        try
        {
            await session.DepartAsync(cancellationToken);
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is OperationCanceledException)
        {
            // The lease runs out by itself.
            LogNotDeparted(error.Message);
        }
    }

    public void Dispose()
    {
        lease.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            TimeSpan pause;
            do
            {
                _turns.Begin();
                stuck.Check();
                pause = Beat();
                _turns.End();
            }
            while (!_stopping.Token.WaitHandle.WaitOne(pause));

            _ended.TrySetResult();
        }
        catch (Exception error)
        {
            // A worker without a heartbeat is a dead one that does not know it.
            LogEnded(error);
            stuck.Recycle();
            _ended.TrySetException(error);
        }
    }

    /// <summary>One heartbeat; returns the pause until the next.</summary>
    internal TimeSpan Beat()
    {
        try
        {
            if (!session.Registered.IsCompleted && !session.MayRegister)
            {
                return PauseBeforeStart;
            }

            RenewLease();
            Log(problem: null);
            return options.Value.HeartbeatInterval;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return TimeSpan.Zero; // the worker stops
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // No gap by itself: the next one that succeeds says how long there was none.
            settlements.Restart();
            Log(error.Message);
            return PauseAfterFailure;
        }
    }

    private void RenewLease()
    {
        if (_givenUp)
        {
            return; // the lease runs out, and other workers take the jobs
        }

        if (!session.Registered.IsCompleted)
        {
            session.RegisterAsync(_stopping.Token).GetAwaiter().GetResult();
        }

        var worker = session.Name;
        var heartbeat = clock.Compare(
            () => lease.Renew(worker, new HeartbeatReport(running.RunningUnder(worker), running.Oldest(worker), session.About)));
        if (!heartbeat.Alive)
        {
            session.RenewAsync(worker, _stopping.Token).GetAwaiter().GetResult();
            return;
        }

        session.Succeeded(heartbeat, options.Value.LongestGap);
        Act(worker, heartbeat);
        if (settlements.FindStuck() is { } job)
        {
            _givenUp = true;
            LogGivenUp(job.Job.Name, job.Delivery.ShortTaskId, options.Value.LeaseSeconds);
            running.Cancel(CancelReason.Fenced, worker);
            stuck.Recycle();
        }
    }

    private void Act(string worker, Heartbeat heartbeat)
    {
        if (heartbeat.Held != running.HeldBy(worker).Count)
        {
            audit.Request();
        }

        if (heartbeat.Parked > 0)
        {
            parked.Request(heartbeat.RedisTime);
        }

        if (heartbeat.Dropped > _dropped) // not at the first look: what was dropped before has been told
        {
            LogDropped(heartbeat.Dropped);
        }

        _dropped = heartbeat.Dropped;
    }

    private void Log(string? problem)
    {
        if (problem is not null && problem != _problem) // also another one than before: the password may be wrong by now
        {
            LogFailed(problem);
        }
        else if (problem is null && _problem is not null)
        {
            LogResumed();
        }

        _problem = problem;
    }

    [LoggerMessage(EventName = "heartbeat_failed", Level = LogLevel.Error,
        Message = "Cannot renew this worker's lease: {Problem}. Retrying every second. When the lease runs out, other "
            + "workers take this worker's jobs")]
    private partial void LogFailed(string problem);

    [LoggerMessage(EventName = "lease_given_up", Level = LogLevel.Critical,
        Message = "{Job} ({TaskId}) returned or ran out of time, but could not be settled for {LeaseSeconds} s, "
            + "although Redis answers the heartbeat. This worker lets its lease run out, so that other workers take "
            + "its jobs, and ends with exit code 75, so that its supervisor restarts it")]
    private partial void LogGivenUp(string job, string taskId, int leaseSeconds);

    [LoggerMessage(EventName = "dead_letters_dropped", Level = LogLevel.Error,
        Message = "Dropped the oldest dead letters, because JOBS_DEAD_MAX_ENTRIES or JOBS_DEAD_MAX_BYTES leaves no "
            + "room for more (dropped so far: {Dropped}). Check what fills them, or raise the limits")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(EventName = "heartbeat_resumed", Level = LogLevel.Information, Message = "This worker renews its lease again")]
    private partial void LogResumed();

    [LoggerMessage(EventName = "heartbeat_ended", Level = LogLevel.Critical,
        Message = "The heartbeat's thread has ended, so nothing renews this worker's lease; the worker stops. This is "
            + "a defect of the service: report it with this line")]
    private partial void LogEnded(Exception error);

    [LoggerMessage(EventName = "worker_not_departed", Level = LogLevel.Warning,
        Message = "Cannot sign this worker off in Redis: {Problem}. Its lease runs out by itself")]
    private partial void LogNotDeparted(string problem);
}
