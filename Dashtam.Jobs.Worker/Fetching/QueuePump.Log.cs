namespace Dashtam.Jobs.Worker.Fetching;

/// <content>What it logs.</content>
internal sealed partial class QueuePump
{
    [LoggerMessage(EventName = "fetch_failed", Level = LogLevel.Error,
        Message = "Cannot fetch jobs: {Problem}. Retrying every 250 ms")]
    private partial void LogStopped(string problem);

    [LoggerMessage(EventName = "fetch_resumed", Level = LogLevel.Information, Message = "This worker fetches jobs again")]
    private partial void LogResumed();

    [LoggerMessage(EventName = "envelopes_too_large", Level = LogLevel.Error,
        Message = "Envelopes larger than JOBS_MAX_ENVELOPE_BYTES became dead letters (envelopes: {TooLarge}). Check "
            + "who sends them")]
    private partial void LogTooLarge(int tooLarge);

    [LoggerMessage(EventName = "suspect_runs_alone", Level = LogLevel.Warning,
        Message = "A job during which workers died, or ended themselves, runs alone now (workers: {Moves}). This "
            + "worker fetches nothing until the job has ended")]
    private partial void LogAlone(int moves);
}
