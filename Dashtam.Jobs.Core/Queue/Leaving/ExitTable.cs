namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary>How a job leaves a worker's hands, or the place where it waits.</summary>
internal enum ExitKind
{
    /// <summary>Its handler returned.</summary>
    Finished,

    /// <summary>Its schedule has fired again, and that fire took its place.</summary>
    Replaced,

    /// <summary>It failed, and its next attempt is due later.</summary>
    Retried,

    /// <summary>The same, while its handler ignores its cancellation: the next attempt may hang as well.</summary>
    RetriedHanging,

    /// <summary>It failed for good, or cannot be run.</summary>
    Dead,

    /// <summary>It is larger than <c>JOBS_MAX_ENVELOPE_BYTES</c>, and becomes a dead letter before any worker holds it.</summary>
    TooLarge,

    /// <summary>Nobody here knows its name.</summary>
    Parked,

    /// <summary>It was parked for too long.</summary>
    ExpiredWhileParked,

    /// <summary>The worker stops.</summary>
    GivenBack,

    /// <summary>The worker ends itself because handlers hang; this job's handler may be one of them.</summary>
    GivenBackHanging,

    /// <summary>It was read ahead and has not begun.</summary>
    HandedBack,

    /// <summary>Its worker died, and recovery makes it ready again.</summary>
    Recovered,

    /// <summary>fsck takes an entry that is no numbered envelope out of its place.</summary>
    Buried,
}

/// <summary>What a job may hold beside its place.</summary>
internal enum Held
{
    /// <summary>How often recovery moved it: <c>{q}:suspects</c>.</summary>
    MoveCount,

    /// <summary>The run of its schedule, which an overlap policy watches: <c>{q}:once:run:{schedule}</c>.</summary>
    OverlapRun,
}

/// <summary>What becomes of a held thing when its job leaves.</summary>
internal enum Fate
{
    /// <summary>It is free again.</summary>
    GivenUp = 'g',

    /// <summary>The job takes it along: the same bytes come again.</summary>
    Kept = 'k',

    /// <summary>It goes over to the bytes of the next attempt.</summary>
    Moved = 'm',
}

/// <summary>
/// What becomes of each thing that a job holds, for each exit: the one table. A script that gives something up is passed its row; the tests drive
/// each exit and compare, and <c>docs/architecture/background-jobs.md</c> shows it.
/// </summary>
internal static class ExitTable
{
    private static readonly Dictionary<ExitKind, (Fate MoveCount, Fate OverlapRun)> Rows = new()
    {
        [ExitKind.Finished] = (Fate.GivenUp, Fate.GivenUp),
        [ExitKind.Replaced] = (Fate.GivenUp, Fate.GivenUp),
        [ExitKind.Retried] = (Fate.GivenUp, Fate.Kept),
        [ExitKind.RetriedHanging] = (Fate.Moved, Fate.Kept),
        [ExitKind.Dead] = (Fate.GivenUp, Fate.GivenUp),
        [ExitKind.TooLarge] = (Fate.GivenUp, Fate.Kept), // nobody has parsed it, so nobody knows its run, which ends with its lifetime
        [ExitKind.Parked] = (Fate.GivenUp, Fate.Kept),
        [ExitKind.ExpiredWhileParked] = (Fate.Kept, Fate.GivenUp), // parking gave it up: a count that is there is another delivery's
        [ExitKind.GivenBack] = (Fate.GivenUp, Fate.Kept),
        [ExitKind.GivenBackHanging] = (Fate.Kept, Fate.Kept),
        [ExitKind.HandedBack] = (Fate.Kept, Fate.Kept),
        [ExitKind.Recovered] = (Fate.Kept, Fate.Kept), // and the count is raised
        [ExitKind.Buried] = (Fate.Kept, Fate.Kept), // it was never in a worker's hands
    };

    /// <summary>What becomes of a thing.</summary>
    public static Fate Of(ExitKind exit, Held held) => held switch
    {
        Held.MoveCount => Rows[exit].MoveCount,
        Held.OverlapRun => Rows[exit].OverlapRun,
        _ => throw new ArgumentOutOfRangeException(nameof(held), held, "The table has no column for it."),
    };

    /// <summary>An exit's row as <c>leave.lua</c> takes it: a letter for each thing, in the order of <see cref="Held"/>.</summary>
    public static string Row(ExitKind exit) => Letters[exit];

    private static Dictionary<ExitKind, string> Letters { get; } = Rows.ToDictionary(
        row => row.Key, row => new string([.. Enum.GetValues<Held>().Select(held => (char)Of(row.Key, held))]));
}
