namespace Dashtam.Jobs.Core.Schedules;

/// <summary>What happens to instants that passed while nothing could fire: no scheduler, no Redis, a clock that was wrong.</summary>
public enum MisfirePolicy
{
    /// <summary>They do not fire; one that is at most ten seconds late, and the latest, still counts as in time.</summary>
    None,

    /// <summary>The latest one fires, once, for all of them.</summary>
    Latest,

    /// <summary>All fire, in ascending order, up to a limit: the latest ones.</summary>
    All,
}
