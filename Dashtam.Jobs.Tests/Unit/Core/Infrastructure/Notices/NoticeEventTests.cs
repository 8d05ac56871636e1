using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Notices;

[Category("Unit")]
internal sealed class NoticeEventTests
{
    [TestCase("sse-provider-token-expiring.json")]
    [TestCase("sse-security-session-expiring.json")]
    [TestCase("sse-published-by-api.json")]
    [TestCase("sse-broadcast.json")]
    [TestCase("sse-broadcast-by-api.json")]
    public void An_event_is_what_pythons_publisher_writes_byte_for_byte(string fixture)
    {
        var text = ApiFixture.Read(fixture);
        var original = JsonElement.Parse(text);
        var user = original.GetProperty("user_id").GetGuid();
        var notice = new Notice(
            original.GetProperty("event_type").GetString()!,
            user == Guid.Empty ? null : user,
            OnceKey: null,
            original.GetProperty("data"));

        var ours = NoticeEvent.Create(notice, original.GetProperty("occurred_at").GetDateTimeOffset());

        var expected = text.Replace(original.GetProperty("event_id").GetString()!, ours.Id, StringComparison.Ordinal);
        Assert.That(Encoding.UTF8.GetString(ours.Json), Is.EqualTo(expected));
        Assert.That(Guid.Parse(ours.Id).Version, Is.EqualTo(7));
    }

    [Test]
    public void A_browser_gets_the_event_in_three_lines()
    {
        var original = JsonElement.Parse(ApiFixture.Read("sse-provider-token-expiring.json"));
        var notice = new Notice(
            original.GetProperty("event_type").GetString()!,
            original.GetProperty("user_id").GetGuid(),
            OnceKey: null,
            original.GetProperty("data"));

        var ours = NoticeEvent.Create(notice, original.GetProperty("occurred_at").GetDateTimeOffset());

        var lines = ApiFixture.Read("sse-as-the-browser-sees-it.txt").Split('\n');
        Assert.That(lines[0], Is.EqualTo($"id: {original.GetProperty("event_id").GetString()}"));
        Assert.That(lines[1], Is.EqualTo($"event: {ours.Type}"));
        Assert.That(lines[2], Is.EqualTo($"data: {Encoding.UTF8.GetString(ours.Data)}"));
    }

    [Test]
    public void A_whole_second_has_microseconds_too()
    {
        var notice = new Notice("x", UserId: null, OnceKey: null, JsonElement.Parse("{}"));

        var ours = NoticeEvent.Create(notice, new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)));

        Assert.That(ours.OccurredAt, Is.EqualTo("2026-01-02T03:04:05.000000+00:00"));
    }

    [TestCase("[]")]
    [TestCase("null")]
    public void Data_that_is_no_object_is_refused(string data)
    {
        var notice = new Notice("x", UserId: null, OnceKey: null, JsonElement.Parse(data));

        Assert.That(() => NoticeEvent.Create(notice, DateTimeOffset.UnixEpoch), Throws.ArgumentException);
    }
}
