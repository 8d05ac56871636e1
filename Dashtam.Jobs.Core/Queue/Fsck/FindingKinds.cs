using System.Text.Json;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>What holds for every finding of a kind.</summary>
public static class FindingKinds
{
    /// <summary>The kind's name in tables, JSON and the docs.</summary>
    public static string Name(this FindingKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>Worth a look, but not an inconsistency: it does not count for the exit code.</summary>
    public static bool IsWarning(this FindingKind kind) =>
        kind is FindingKind.DelayedFarOff or FindingKind.ParkedOverCap or FindingKind.DeadOverCap;

    /// <summary>What a repair does, or what a person has to do where there is none.</summary>
    public static string Remedy(this FindingKind kind) => kind switch
    {
        FindingKind.UnknownKey => "none: look who writes it, delete it by hand",
        FindingKind.WrongType => "none: look who writes it, rename or delete it by hand",
        FindingKind.OnceKeyWithoutTtl or FindingKind.KeyWithoutTtl or FindingKind.WorkerHashWithoutTtl
            or FindingKind.ResultWithoutTtl => "gives it the lifetime that it should have",
        FindingKind.OrphanList or FindingKind.DeadWorker or FindingKind.DepartedWithJobs =>
            "makes its jobs ready again, as recovery does",
        FindingKind.DepartedOvergrown => "forgets those that departed over an hour ago and hold nothing",
        FindingKind.HeartbeatAhead => "sets the heartbeat to now",
        FindingKind.ParkedAhead => "parked since now",
        FindingKind.StuckEntry => "none: restart the worker; its jobs are then run again",
        FindingKind.CountWithoutJob => "removes the count",
        FindingKind.DelayedUnreadable or FindingKind.ParkedUnreadable => "moves it to the dead letters as malformed",
        FindingKind.DelayedNeverDue => "makes it due now",
        FindingKind.DelayedFarOff => "none: check whether this time is meant",
        FindingKind.ParkedOverCap => "none: start a worker that knows the jobs, or raise JOBS_PARKED_MAX, JOBS_PARKED_MAX_BYTES",
        FindingKind.DeadNumberWithoutEntry => "removes the number",
        FindingKind.DeadEntryWithoutNumber => "gives it a place in the index, as of now",
        FindingKind.DeadBytesWrong or FindingKind.ParkedBytesWrong => "corrects the counter",
        FindingKind.DeadOverCap => "none: the next dead letter drops the oldest",
        FindingKind.SequenceBehind => "raises the counter",
        FindingKind.MarkUnreadable => "fired, or paused, since now",
        FindingKind.MarkAhead => "sets it to now, while no scheduler reports a clock that is wrong",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind."),
    };
}
