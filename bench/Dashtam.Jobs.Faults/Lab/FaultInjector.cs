using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Load;
using Dashtam.Jobs.Faults.Planning;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>Carries a plan out: each fault begins at its time, whether those before it are over or not.</summary>
internal sealed class FaultInjector(Laboratory lab, Poisoner poisoner)
{
    private const int IdleSeconds = 1;
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(200);

    private readonly List<Task> _underWay = [];
    private int _idleClosings;

    /// <summary>Begins all faults at their times; returns when the last one is over.</summary>
    /// <param name="plan">In order.</param>
    /// <param name="onInjected">Called after each beginning.</param>
    /// <param name="cancellationToken">Begins no further fault.</param>
    public async Task RunAsync(
        IReadOnlyList<PlannedFault> plan, Action<PlannedFault> onInjected, CancellationToken cancellationToken)
    {
        foreach (var fault in plan)
        {
            await Task.Delay(fault.Pause, cancellationToken);
            await lab.Redis.LookAsync();
            foreach (var slot in lab.Slots)
            {
                slot.CheckAlive();
            }

            _underWay.Add(InjectAsync(fault));
            onInjected(fault);
        }

        await Task.WhenAll(_underWay);
    }

    private async Task InjectAsync(PlannedFault fault)
    {
        try
        {
            await (IsAtRedis(fault.Kind) ? AtRedisAsync(fault)
                : IsAtProcess(fault.Kind) ? AtProcessAsync(fault)
                : AtConnectionAsync(fault));
        }
        catch (Exception error) when (error is RedisException or TimeoutException or InvalidOperationException)
        {
            lab.History.Add(Line(fault, HistoryKind.FaultMissed, fault.Target) with
            {
                Detail = $"{fault.Kind}: {error.Message}",
            });
        }
    }

    private static bool IsAtRedis(FaultKind kind) => kind is FaultKind.ClientKill or FaultKind.ScriptFlush or FaultKind.IdleClosed or FaultKind.RedisClock
        or FaultKind.ClientPauseAll or FaultKind.ClientPauseWrite or FaultKind.RedisSleep
        or FaultKind.RedisKill or FaultKind.RedisStop;

    private static bool IsAtProcess(FaultKind kind) => kind
        is FaultKind.WorkerKill or FaultKind.WorkerTerm or FaultKind.WorkerPause or FaultKind.LogStall
        or FaultKind.SchedulerKill or FaultKind.SchedulerTerm or FaultKind.SchedulerPause;

    private async Task AtConnectionAsync(PlannedFault fault)
    {
        if (fault.Kind == FaultKind.PoisonJob)
        {
            Tell(fault, null);
            await poisoner.EnqueueAsync(fault.Number);
            return;
        }

        if (fault.Kind == FaultKind.ClockStep)
        {
            await StepClockAsync(fault);
            return;
        }

        Tell(fault, fault.Target);
        var proxy = lab.ProxyOf(fault.Target);
        switch (fault.Kind)
        {
            case FaultKind.ReplyLost:
                proxy.LosesReplies = true;
                break;
            case FaultKind.ConnectionsDelayed:
                proxy.DelayMs = 20 + (fault.Roll % 280);
                break;
            case FaultKind.HalfOpen:
                proxy.IsMute = true;
                break;
            case FaultKind.ConnectionsRefused:
                proxy.Refuses = true;
                proxy.Cut();
                break;
            default:
                proxy.Cut();
                return;
        }

        await Task.Delay(fault.Duration);
        proxy.Heal();
    }

    private async Task StepClockAsync(PlannedFault fault)
    {
        var seconds = 5 + (fault.Roll % 60);
        Tell(fault, fault.Target);
        await lab.StepClockAsync(fault.Target, TimeSpan.FromSeconds(fault.Roll % 2 == 0 ? seconds : -seconds));
        await Task.Delay(fault.Duration);
        await lab.StepClockAsync(fault.Target, TimeSpan.Zero);
    }

    private async Task AtRedisAsync(PlannedFault fault)
    {
        var server = lab.Redis.Server;
        var ms = (long)fault.Duration.TotalMilliseconds;
        switch (fault.Kind)
        {
            case FaultKind.ClientKill:
                await KillClientAsync(fault);
                break;
            case FaultKind.IdleClosed:
                await CloseIdleAsync(fault);
                break;
            case FaultKind.RedisClock:
                await JumpAsync(fault);
                break;
            case FaultKind.ScriptFlush:
                await server.ExecuteAsync("SCRIPT", "FLUSH");
                Tell(fault, null);
                break;
            case FaultKind.ClientPauseAll:
                Tell(fault, FaultMix.Redis);
                await server.ExecuteAsync("CLIENT", "PAUSE", ms, "ALL");
                break;
            case FaultKind.ClientPauseWrite:
                Tell(fault, FaultMix.Redis);
                await server.ExecuteAsync("CLIENT", "PAUSE", ms, "WRITE");
                break;
            case FaultKind.RedisSleep:
                Tell(fault, FaultMix.Redis);
                await server.ExecuteAsync("DEBUG", "SLEEP", fault.Duration.TotalSeconds);
                break;
            default:
                Tell(fault, FaultMix.Redis, starting: 1_500);
                await lab.Redis.EndAsync(kill: fault.Kind == FaultKind.RedisKill);
                await Task.Delay(fault.Duration);
                await lab.Redis.StartAsync();
                break;
        }
    }

    private async Task JumpAsync(PlannedFault fault)
    {
        if (!RedisClock.CanBeSet)
        {
            throw new InvalidOperationException("there is no libfaketime");
        }

        // Redis measures a pause by its clock: one that is under way would last until the clock is where it was.
        await lab.Redis.Server.ExecuteAsync("CLIENT", "UNPAUSE");
        var seconds = LabSettings.LeaseSeconds + 3 + (fault.Roll % 30);
        Tell(fault, FaultMix.Redis, starting: 2 * (int)RedisClock.Notice.TotalMilliseconds);
        await lab.Redis.SetClockAsync(TimeSpan.FromSeconds(fault.Roll % 2 == 0 ? seconds : -seconds));
        await Task.Delay(fault.Duration);
        await lab.Redis.SetClockAsync(TimeSpan.Zero);
    }

    private async Task CloseIdleAsync(PlannedFault fault)
    {
        Interlocked.Increment(ref _idleClosings);
        try
        {
            await lab.Redis.Server.ExecuteAsync("CONFIG", "SET", "timeout", IdleSeconds);
            Tell(fault, FaultMix.Redis);
            await Task.Delay(fault.Duration);
        }
        finally
        {
            if (Interlocked.Decrement(ref _idleClosings) == 0)
            {
                await KeepIdleAsync();
            }
        }
    }

    // Until it is done: the suite's own connection is closed like all others, and Redis may be away just now.
    private async Task KeepIdleAsync()
    {
        while (Volatile.Read(ref _idleClosings) == 0)
        {
            try
            {
                await lab.Redis.Server.ExecuteAsync("CONFIG", "SET", "timeout", 0);
                return;
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                await Task.Delay(Repeat);
            }
        }
    }

    private async Task KillClientAsync(PlannedFault fault)
    {
        var clients = (await lab.Redis.Server.ClientListAsync())
            .Select(client => (client.Id, Process: lab.ProcessOf(client.Name ?? "")))
            .Where(client => client.Process is not null)
            .OrderBy(client => client.Id)
            .ToList();
        if (clients.Count == 0)
        {
            throw new InvalidOperationException("nobody is connected");
        }

        var (id, process) = clients[fault.Roll % clients.Count];
        Tell(fault, process);
        await lab.Redis.Server.ExecuteAsync("CLIENT", "KILL", "ID", id);
    }

    private Task AtProcessAsync(PlannedFault fault)
    {
        var slot = lab.SlotOf(fault.Target);
        return slot.InTurnAsync(async () =>
        {
            // Nothing may wait for a log: a process whose log nobody reads is not disturbed.
            Tell(fault, fault.Kind == FaultKind.LogStall ? null : fault.Target);
            switch (fault.Kind)
            {
                case FaultKind.LogStall:
                    await slot.LeaveLogUnreadAsync(fault.Duration);
                    return;
                case FaultKind.WorkerPause or FaultKind.SchedulerPause:
                    await slot.PauseAsync();
                    await Task.Delay(fault.Duration);
                    await slot.GoOnAsync();
                    return;
                case FaultKind.WorkerTerm or FaultKind.SchedulerTerm:
                    await slot.TerminateAsync();
                    break;
                default:
                    await slot.KillAsync();
                    break;
            }

            await Task.Delay(fault.Duration);
            slot.Start();
        });
    }

    private void Tell(PlannedFault fault, string? disturbed, int starting = 0)
    {
        var line = Line(fault, HistoryKind.Fault, disturbed ?? fault.Target);
        lab.History.Add(line with
        {
            UntilMs = disturbed is null ? null : line.AtMs + (long)fault.Duration.TotalMilliseconds + starting,
        });
    }

    private HistoryEvent Line(PlannedFault fault, HistoryKind kind, string process) =>
        lab.History.Now(kind) with { Process = process, Detail = fault.Kind.ToString(), Order = fault.Number };
}
