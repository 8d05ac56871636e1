using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Tasks.Notifications;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.Notifications;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SendNotificationTests
{
    private const string User = "5eed0000-0000-7000-8000-000000000001";

    private readonly Sent _notices = new();

    [Test]
    public async Task A_users_notice_is_sent_each_time()
    {
        await RunAsync($$$"""{"user_id": "{{{User}}}", "event_type": "provider.disconnected", "data": {"n": 1}}""");

        var notice = _notices.Notices.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(notice.UserId, Is.EqualTo(new Guid(User)));
            Assert.That(notice.EventType, Is.EqualTo("provider.disconnected"));
            Assert.That(notice.OnceKey, Is.Null);
            Assert.That(JsonSerializer.Serialize(notice.Data), Is.EqualTo("""{"n":1}"""));
        }
    }

    [Test]
    public async Task A_broadcast_has_no_user()
    {
        await RunAsync("""{"broadcast": true, "event_type": "x", "data": {}}""");

        Assert.That(_notices.Notices.Single().UserId, Is.Null);
    }

    [TestCase(NoticeOutcome.Delivered, 1)]
    [TestCase(NoticeOutcome.Retained, 1)]
    [TestCase(NoticeOutcome.Undelivered, 0)]
    public async Task The_summary_says_whether_it_was_delivered(NoticeOutcome outcome, int delivered)
    {
        _notices.Outcome = outcome;

        var summary = await RunAsync("""{"broadcast": true, "event_type": "x", "data": {}}""");

        Assert.That(summary, Has.Property("Checked").EqualTo(1).And.Property("Processed").EqualTo(1)
            .And.Property("Errors").Zero);
        Assert.That(summary.Details.Single().Key, Is.EqualTo("delivered"));
        Assert.That(summary.Details.Single().Value.GetInt32(), Is.EqualTo(delivered));
    }

    [TestCase("""{"event_type": "x", "data": {}}""", "needs 'user_id'")]
    [TestCase("""{"user_id": "5eed0000-0000-7000-8000-000000000001", "broadcast": true, "event_type": "x", "data": {}}""", "not both")]
    [TestCase("""{"broadcast": true, "event_type": "", "data": {}}""", "event_type")]
    [TestCase("""{"broadcast": true, "data": {}}""", "event_type")]
    [TestCase("""{"broadcast": true, "event_type": "x", "data": [1]}""", "'data' must be an object")]
    [TestCase("""{"broadcast": true, "event_type": "x", "data": null}""", "data")]
    [TestCase("""{"broadcast": true, "event_type": "x"}""", "data")]
    [TestCase("""{"user_id": "me", "event_type": "x", "data": {}}""", "'user_id' must be a UUID")]
    public void Arguments_that_do_not_fit_are_refused(string keywords, string reason)
    {
        Assert.That(() => RunAsync(keywords), Throws.TypeOf<JobArgumentException>().With.Message.Contains(reason));
        Assert.That(_notices.Notices, Is.Empty);
    }

    private async Task<JobSummary> RunAsync(string keywords)
    {
        var arguments = JobArguments.Parse("[]"u8.ToArray(), Encoding.UTF8.GetBytes(keywords));
        return await new SendNotification(_notices).RunAsync(
            new JobContext("id", "send_notification", 1, 3, "w", JobLabels.Empty),
            arguments.Bind<SendNotificationArguments>(),
            CancellationToken.None);
    }

    private sealed class Sent : INotices
    {
        public List<Notice> Notices { get; } = [];

        public NoticeOutcome Outcome { get; set; } = NoticeOutcome.Delivered;

        public Task<NoticeOutcome> SendAsync(Notice notice, CancellationToken cancellationToken)
        {
            Notices.Add(notice);
            return Task.FromResult(Outcome);
        }
    }
}
