using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Tasks.Sessions;

/// <summary>Tells users that a session of theirs expires soon: once per session and expiry.</summary>
/// <remarks>
/// Schedule: every 5 minutes, or <c>SESSION_CHECK_CRON</c>. Reads <c>sessions</c>; publishes <c>security.session.expiring</c>.
/// A notice that nobody got is sent again by the next run.
/// Returns: <c>checked</c> valid sessions; <c>processed</c> those expiring within <c>SESSION_EXPIRY_THRESHOLD_MINUTES</c>,
/// without <c>errors</c>; of these <c>expiring</c> in all, <c>notified</c> now, <c>already_notified</c> by an earlier run,
/// <c>undelivered</c>.
/// </remarks>
[Job("check_expiring_sessions", PythonName = "dashtam_jobs.tasks.sessions:check_expiring_sessions", Category = "security",
    Schedule = "*/5 * * * *", ScheduleSetting = "SESSION_CHECK_CRON")]
internal sealed class CheckExpiringSessions(
    ISessions sessions, ExpiryNotices notices, IOptions<SessionExpiryOptions> options, TimeProvider time) : IJobHandler
{
    private const string EventType = "security.session.expiring";

    public async Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var active = await sessions.CountActiveAsync(now, cancellationToken);
        var expiring = sessions.ExpiringBetweenAsync(now, now + options.Value.Threshold, cancellationToken);

        var tally = await notices.SendAsync(expiring, row => NoticeOf(row, now), now, cancellationToken);

        return tally.Summary(active, withExpired: false);
    }

    private static Notice NoticeOf(ExpiringSession row, DateTimeOffset now) =>
        ExpiryNotices.NoticeOf(EventType, row, new Payload(row.Id, ExpiryNotices.SecondsLeft(row, now)));

    private sealed record Payload(Guid SessionId, long ExpiresInSeconds);
}
