using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Database.Example;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Tasks.Sessions.Example;

/// <summary>Counts the sessions on untrusted devices, and says how many are too many.</summary>
/// <remarks>
/// Schedule: daily at 03:30 in Berlin. Reads <c>sessions</c>.
/// Returns: <c>checked</c> and <c>processed</c> untrusted sessions, <c>errors</c> 0; <c>too_many</c> those above
/// <c>SESSION_UNTRUSTED_MAX</c>.
/// </remarks>
[Job("count_untrusted_sessions", Category = "sessions", Schedule = "30 3 * * *", TimeZone = "Europe/Berlin", TimeoutSeconds = 60)]
internal sealed class CountUntrustedSessions(IUntrustedSessions sessions, IOptions<UntrustedSessionOptions> options) : IJobHandler
{
    public async Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        var count = await sessions.CountAsync(cancellationToken);
        return new JobSummary(Checked: count, Processed: count, Errors: 0).With("too_many", Math.Max(0, count - options.Value.Most));
    }
}
