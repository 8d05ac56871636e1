namespace Dashtam.Jobs.Core.Queue;

/// <summary>How the queue answered when a delivery was to leave the processing list. The numbers are the scripts'.</summary>
internal enum Settlement
{
    /// <summary>The worker was recovered: the job is somebody else's, nothing was written.</summary>
    Fenced = 0,

    /// <summary>Done now.</summary>
    Done = 1,

    /// <summary>Done by an earlier try whose reply was lost.</summary>
    AlreadyDone = 2,

    /// <summary>The place is full, nothing was written; only parking answers so.</summary>
    Full = 3,

    /// <summary>Done now, but its result is not stored: something else than a result stands at its key, and stays there.</summary>
    DoneWithoutResult = 4,

    /// <summary>Done now, but at the bare key stands something else than a result. Only between the scripts and the queue.</summary>
    DoneBareKeyTaken = 5,

    /// <summary>Done now, but Redis refused the bare key. Only between the scripts and the queue.</summary>
    DoneBareKeyRefused = 6,
}
