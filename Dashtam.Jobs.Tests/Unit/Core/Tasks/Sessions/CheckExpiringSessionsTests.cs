using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Tasks;
using Dashtam.Jobs.Core.Tasks.Sessions;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.Sessions;

[Category("Unit")]
internal sealed class CheckExpiringSessionsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 8, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeSessions _sessions = new();
    private readonly FakeNotices _notices = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    [Test]
    public async Task Valid_sessions_are_checked_and_those_that_expire_soon_are_announced()
    {
        _sessions.Endless = 1;
        _sessions.Add(Now);
        _sessions.Add(Now.AddTicks(10));
        _sessions.Add(Now.AddMinutes(15));
        _sessions.Add(Now.AddMinutes(15).AddTicks(10));

        var summary = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((summary.Checked, summary.Processed, summary.Errors), Is.EqualTo((4L, 2L, 0L)));
            Assert.That(summary.Details(), Is.EqualTo("expiring 2, notified 2, already_notified 0, undelivered 0"));
        }
    }

    [Test]
    public async Task The_event_says_which_session_and_the_seconds_left()
    {
        var row = _sessions.Add(Now.AddMinutes(10).AddTicks(-1));

        await RunAsync();

        var notice = _notices.Sent.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((notice.EventType, notice.UserId), Is.EqualTo(("security.session.expiring", (Guid?)row.UserId)));
            Assert.That(
                notice.OnceKey, Is.EqualTo($"security.session.expiring:{row.Id:D}:2026-08-25T12:09:59.999999+00:00"));
            Assert.That(
                notice.Data.GetRawText(), Is.EqualTo($$"""{"session_id":"{{row.Id:D}}","expires_in_seconds":599}"""));
        }
    }

    private Task<JobSummary> RunAsync()
    {
        var notices = new ExpiryNotices(_notices, NullLogger<ExpiryNotices>.Instance);
        var options = Options.Create(new SessionExpiryOptions());
        return new CheckExpiringSessions(_sessions, notices, options, _time).RunAsync(Summaries.Run, CancellationToken.None);
    }
}
