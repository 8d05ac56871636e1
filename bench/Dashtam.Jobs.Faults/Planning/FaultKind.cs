namespace Dashtam.Jobs.Faults.Planning;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    /// <summary>Redis ends a client's connection: <c>CLIENT KILL</c>.</summary>
    ClientKill,

    /// <summary>All connections of a process are reset.</summary>
    ConnectionsCut,

    /// <summary>The requests reach Redis, the replies do not come back, and then the connection ends.</summary>
    ReplyLost,

    /// <summary>Every byte of a process' connections comes late.</summary>
    ConnectionsDelayed,

    /// <summary>A process' connections stay open and carry nothing.</summary>
    HalfOpen,

    /// <summary>A process' connections end and new ones are refused for a while.</summary>
    ConnectionsRefused,

    /// <summary>Redis closes each connection that carries nothing for a second: <c>CONFIG SET timeout</c>.</summary>
    IdleClosed,

    /// <summary>Nobody reads what a process logs.</summary>
    LogStall,

    /// <summary>Redis forgets all scripts.</summary>
    ScriptFlush,

    /// <summary>Redis answers nobody for a while: <c>CLIENT PAUSE ALL</c>.</summary>
    ClientPauseAll,

    /// <summary>Redis answers no write for a while: <c>CLIENT PAUSE WRITE</c>.</summary>
    ClientPauseWrite,

    /// <summary>Redis hangs: <c>DEBUG SLEEP</c>.</summary>
    RedisSleep,

    /// <summary>Redis is killed with -9 and started again on its append-only file.</summary>
    RedisKill,

    /// <summary>Redis is stopped and started again on its append-only file.</summary>
    RedisStop,

    /// <summary>Redis' clock jumps by more than a lease, forward or back, and is set right again.</summary>
    RedisClock,

    /// <summary>A worker is killed with -9 and started again.</summary>
    WorkerKill,

    /// <summary>A worker is stopped with SIGTERM and started again.</summary>
    WorkerTerm,

    /// <summary>A worker stands still for longer than its lease, and goes on.</summary>
    WorkerPause,

    /// <summary>A scheduler is killed with -9 and started again.</summary>
    SchedulerKill,

    /// <summary>A scheduler is stopped with SIGTERM and started again.</summary>
    SchedulerTerm,

    /// <summary>A scheduler stands still for a while, and goes on.</summary>
    SchedulerPause,

    /// <summary>A scheduler's clock is set forward or back, and set right again.</summary>
    ClockStep,

    /// <summary>A job is enqueued that takes down each worker that runs it.</summary>
    PoisonJob,
}
