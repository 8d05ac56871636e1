using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Tasks;
using Dashtam.Jobs.Core.Tasks.Tokens;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.Tokens;

[Category("Unit")]
internal sealed class CheckExpiringTokensTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 8, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeProviderConnections _connections = new();
    private readonly FakeNotices _notices = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    [Test]
    public async Task Active_connections_are_checked_and_those_that_expire_soon_or_did_are_announced()
    {
        _connections.Endless = 2;
        _connections.Add(Now.AddDays(-90));
        _connections.Add(Now);
        _connections.Add(Now.AddHours(24));
        _connections.Add(Now.AddHours(24).AddTicks(10));

        var summary = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((summary.Checked, summary.Processed, summary.Errors), Is.EqualTo((6L, 3L, 0L)));
            Assert.That(
                summary.Details(),
                Is.EqualTo("expiring 3, expired 2, notified 3, already_notified 0, undelivered 0"));
        }
    }

    [Test]
    public async Task The_threshold_is_a_setting()
    {
        _connections.Add(Now.AddHours(48));

        var summary = await RunAsync(thresholdHours: 48);

        Assert.That(summary.Processed, Is.EqualTo(1));
    }

    [Test]
    public async Task Each_row_is_counted_by_how_its_notice_ended()
    {
        var outcomes = new Queue<NoticeOutcome>(
            [NoticeOutcome.Delivered, NoticeOutcome.Retained, NoticeOutcome.AlreadySent, NoticeOutcome.Undelivered]);
        _notices.Answer = _ => outcomes.Count > 0 ? outcomes.Dequeue() : throw new TimeoutException("no answer");
        for (var hour = 1; hour <= 5; hour++)
        {
            _connections.Add(Now.AddHours(hour));
        }

        var summary = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((summary.Checked, summary.Processed, summary.Errors), Is.EqualTo((5L, 4L, 1L)));
            Assert.That(
                summary.Details(),
                Is.EqualTo("expiring 5, expired 0, notified 2, already_notified 1, undelivered 1"));
        }
    }

    [Test]
    public async Task A_row_that_cannot_be_read_is_an_error_and_hides_no_other_row()
    {
        _connections.Unreadable.Add(Guid.NewGuid());
        _connections.Add(Now.AddHours(1));

        var summary = await RunAsync();

        Assert.That((summary.Checked, summary.Processed, summary.Errors), Is.EqualTo((2L, 1L, 1L)));
        Assert.That(_notices.Sent, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_failure_hides_no_other_row()
    {
        var first = _connections.Add(Now.AddHours(1));
        _connections.Add(Now.AddHours(2));
        // Not the run's own cancellation, only a call that gave up.
        _notices.Answer = notice =>
            notice.UserId == first.UserId ? throw new OperationCanceledException("gave up") : NoticeOutcome.Delivered;

        var summary = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((summary.Processed, summary.Errors), Is.EqualTo((1L, 1L)));
            Assert.That(_notices.Sent, Has.Count.EqualTo(2));
        }
    }

    [Test]
    public void A_cancelled_run_ends_at_once()
    {
        using var run = new CancellationTokenSource();
        _connections.Add(Now.AddHours(1));
        _connections.Add(Now.AddHours(2));
        _notices.Answer = _ =>
        {
            run.Cancel();
            throw new OperationCanceledException(run.Token);
        };

        Assert.That(() => RunAsync(runToken: run.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_notices.Sent, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_token_is_announced_once_per_expiry()
    {
        var row = _connections.Add(Now.AddHours(3));

        await RunAsync();
        var again = await RunAsync();
        _connections.Rows[0] = row with { ExpiresAt = row.ExpiresAt.AddTicks(10) };
        var renewed = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Details(), Does.Contain("notified 0, already_notified 1"));
            Assert.That(renewed.Details(), Does.Contain("notified 1, already_notified 0"));
            Assert.That(
                _notices.Sent[0].OnceKey,
                Is.EqualTo($"provider.token.expiring:{row.Id:D}:2026-08-25T15:00:00.000000+00:00"));
        }
    }

    [TestCase(10_800_000_000, "2026-08-25T15:00:00+00:00", 10_800)]
    [TestCase(1_999_999, "2026-08-25T12:00:01.999999+00:00", 1)]
    [TestCase(-1, "2026-08-25T11:59:59.999999+00:00", 0)]
    [TestCase(-3_600_000_000, "2026-08-25T11:00:00+00:00", 0)]
    public async Task The_event_says_what_expires_and_when_as_python_writes_it(long microseconds, string expiresAt, int seconds)
    {
        var row = _connections.Add(Now.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), "seed-slug");

        await RunAsync();

        var notice = _notices.Sent.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((notice.EventType, notice.UserId), Is.EqualTo(("provider.token.expiring", (Guid?)row.UserId)));
            Assert.That(
                notice.Data.GetRawText(),
                Is.EqualTo($$"""{"connection_id":"{{row.Id:D}}","provider_slug":"seed-slug","expires_at":"{{expiresAt}}","expires_in_seconds":{{seconds}}}"""));
        }
    }

    private Task<JobSummary> RunAsync(int thresholdHours = 24, CancellationToken runToken = default)
    {
        var notices = new ExpiryNotices(_notices, NullLogger<ExpiryNotices>.Instance);
        var options = Options.Create(new TokenExpiryOptions { ThresholdHours = thresholdHours });
        return new CheckExpiringTokens(_connections, notices, options, _time).RunAsync(Summaries.Run, runToken);
    }
}
