using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>One cron instant and the job that it enqueues.</summary>
public sealed record ScheduledFire(DateTimeOffset Instant, JobEnvelope Envelope);
