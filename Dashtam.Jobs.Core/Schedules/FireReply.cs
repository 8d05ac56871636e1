namespace Dashtam.Jobs.Core.Schedules;

/// <summary>A fire's end.</summary>
/// <param name="Code">What happened.</param>
/// <param name="Early">How long it came too early.</param>
/// <param name="LastFired">The last fired instant now; the Unix epoch when it is not known.</param>
/// <param name="Enqueued">Jobs that are in the queue now.</param>
/// <param name="Skipped">Fires that enqueued nothing because the last one's job has not ended.</param>
public readonly record struct FireReply(
    FireCode Code, TimeSpan Early, DateTimeOffset LastFired, int Enqueued = 0, int Skipped = 0);
