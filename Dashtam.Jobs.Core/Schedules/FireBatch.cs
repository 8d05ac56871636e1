namespace Dashtam.Jobs.Core.Schedules;

/// <summary>What is due of a schedule, and what becomes of it: one script, all or nothing.</summary>
/// <param name="After">The last fired instant from which this was worked out; when it is another by now, nothing is written.</param>
/// <param name="UpTo">The last instant that this is about: it is the last fired one afterwards, whatever the policy says.</param>
/// <param name="Fires">In ascending order; may be empty.</param>
/// <param name="PassedOver">Instants between them that do not fire, by the catch-up policy.</param>
public sealed record FireBatch(
    DateTimeOffset After, DateTimeOffset UpTo, IReadOnlyList<ScheduledFire> Fires, long PassedOver);
