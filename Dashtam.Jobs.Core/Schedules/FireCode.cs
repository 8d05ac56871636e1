namespace Dashtam.Jobs.Core.Schedules;

/// <summary>How a fire ended. The numbers are the script's.</summary>
public enum FireCode
{
    /// <summary>The last fired instant cannot be read: nothing fires before it is mended.</summary>
    Unreadable = -5,

    /// <summary>Another instant has fired since the batch was worked out, or the ledger was lost: register, and begin again.</summary>
    OutOfDate = -4,

    /// <summary>The schedule is paused: nothing was enqueued, the instants are passed over for good.</summary>
    Paused = -3,

    /// <summary>The instant is more than a second in Redis' future: this machine's clock is ahead.</summary>
    TooEarly = -2,

    /// <summary>Redis knows another version of the schedule: another scheduler has registered it since.</summary>
    OtherVersion = -1,

    /// <summary>These instants, or a later one, have fired.</summary>
    AlreadyFired = 0,

    /// <summary>The jobs are in the queue, but for those that the overlap policy skipped.</summary>
    Fired = 1,
}
