using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Tasks.Tokens;

/// <summary>Tells users that a provider token of theirs expires soon, or has expired: once per token and expiry.</summary>
/// <remarks>
/// Schedule: every 15 minutes, or <c>TOKEN_CHECK_CRON</c>. Reads <c>provider_connections</c>; publishes
/// <c>provider.token.expiring</c>. A notice that nobody got is sent again by the next run.
/// Returns: <c>checked</c> active connections; <c>processed</c> those expiring within <c>TOKEN_EXPIRY_THRESHOLD_HOURS</c>,
/// without <c>errors</c>; of these <c>expiring</c> in all, <c>expired</c> already, <c>notified</c> now,
/// <c>already_notified</c> by an earlier run, <c>undelivered</c>.
/// </remarks>
[Job("check_expiring_tokens", PythonName = "dashtam_jobs.tasks.tokens:check_expiring_tokens", Category = "provider",
    Schedule = "*/15 * * * *", ScheduleSetting = "TOKEN_CHECK_CRON")]
internal sealed class CheckExpiringTokens(
    IProviderConnections connections, ExpiryNotices notices, IOptions<TokenExpiryOptions> options, TimeProvider time)
    : IJobHandler
{
    private const string EventType = "provider.token.expiring";

    public async Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var active = await connections.CountActiveAsync(cancellationToken);
        var expiring = connections.ExpiringBeforeAsync(now + options.Value.Threshold, cancellationToken);

        var tally = await notices.SendAsync(expiring, row => NoticeOf(row, now), now, cancellationToken);

        return tally.Summary(active, withExpired: true);
    }

    private static Notice NoticeOf(ExpiringConnection row, DateTimeOffset now) => ExpiryNotices.NoticeOf(
        EventType,
        row,
        new Payload(row.Id, row.ProviderSlug, IsoTime.Python(row.ExpiresAt), ExpiryNotices.SecondsLeft(row, now)));

    // dashtam-api's code and its SSE document name different ones of these: all four are sent.
    private sealed record Payload(Guid ConnectionId, string ProviderSlug, string ExpiresAt, long ExpiresInSeconds);
}
