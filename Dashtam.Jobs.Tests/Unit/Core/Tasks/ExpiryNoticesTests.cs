using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Tasks;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ExpiryNoticesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 8, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly LogLines _log = new();
    private readonly FakeNotices _notices = new();

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task Ten_notices_that_were_not_sent_have_a_line_each_and_the_others_are_counted()
    {
        _notices.Answer = _ => throw new TimeoutException("no answer");

        await SendAsync(3_000, readable: true);

        Assert.That(Events(), Is.EqualTo([.. Enumerable.Repeat("expiry_notice_failed", 10), "expiry_notices_failed"]));
        Assert.That(_log.Lines[^1], Does.Contain("\"more\":2990"));
    }

    [Test]
    public async Task Ten_rows_that_cannot_be_read_have_a_line_each_and_the_others_are_counted()
    {
        await SendAsync(3_000, readable: false);

        Assert.That(Events(), Is.EqualTo([.. Enumerable.Repeat("expiring_row_unreadable", 10), "expiring_rows_unreadable"]));
        Assert.That(_log.Lines[^1], Does.Contain("\"more\":2990"));
    }

    [Test]
    public async Task With_ten_of_them_there_is_nothing_more_to_say()
    {
        await SendAsync(10, readable: false);

        Assert.That(Events(), Is.EqualTo(Enumerable.Repeat("expiring_row_unreadable", 10)));
    }

    private IEnumerable<string?> Events() => _log.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());

    private Task SendAsync(int rows, bool readable) =>
        new ExpiryNotices(_notices, _log.Factory.CreateLogger<ExpiryNotices>()).SendAsync(
            Enumerable.Range(0, rows).ToAsyncEnumerable().Select(_ => ARow(readable)),
            row => ExpiryNotices.NoticeOf("test.expiring", row, new { row.Id }),
            Now,
            CancellationToken.None);

    private static ReadRow<Row> ARow(bool readable) =>
        readable ? new(Guid.NewGuid(), new Row(), Problem: null) : new(Guid.NewGuid(), Value: null, "a year before 1");

    private sealed record Row : IExpiring
    {
        public Guid Id { get; } = Guid.NewGuid();

        public Guid UserId { get; } = Guid.NewGuid();

        public DateTimeOffset ExpiresAt => Now;
    }
}
