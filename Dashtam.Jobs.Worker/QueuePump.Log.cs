namespace Dashtam.Jobs.Worker;

/// <content>What it logs.</content>
internal sealed partial class QueuePump
{
    [LoggerMessage(EventName = "fetch_failed", Level = LogLevel.Error,
        Message = "Jobs cannot be fetched: {Problem}. It is tried again all the time")]
    private partial void LogStopped(string problem);

    [LoggerMessage(EventName = "fetch_resumed", Level = LogLevel.Information, Message = "Jobs are fetched again")]
    private partial void LogResumed();

    [LoggerMessage(EventName = "envelopes_too_large", Level = LogLevel.Error,
        Message = "What is larger than JOBS_MAX_ENVELOPE_BYTES became dead letters (envelopes: {TooLarge})")]
    private partial void LogTooLarge(int tooLarge);

    [LoggerMessage(EventName = "suspect_runs_alone", Level = LogLevel.Warning,
        Message = "A job over which workers died, or ended themselves, runs alone now (workers: {Moves}): nothing is fetched until it has ended")]
    private partial void LogAlone(int moves);

    [LoggerMessage(EventName = "redis_full", Level = LogLevel.Warning,
        Message = "Redis is full (maxmemory): it refuses to wait for jobs; they are polled until there is room")]
    private partial void LogFull();
}
