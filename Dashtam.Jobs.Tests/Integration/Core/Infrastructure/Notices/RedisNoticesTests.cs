using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Notices;

[Category("Integration")]
[OnEachServer]
internal sealed class RedisNoticesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 23, 31, 57, TimeSpan.Zero));
    private TestQueue _queue = null!;
    private LogLines _log = null!;
    private Guid _user;
    private string _once = null!;

    private string Channel => $"sse:user:{_user}";

    private RedisKey Stream => $"sse:stream:user:{_user}";

    private RedisKey OnceKey => $"{{sse}}:notice:{_once}";

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _log = new LogLines();
        _user = Guid.NewGuid();
        _once = $"{_queue.Options.Name}:connection"; // the queue's name: it is removed with the queue
    }

    [TearDown]
    public async Task TearDown()
    {
        await _queue.Queue.KeyDeleteAsync(Stream);
        await _queue.DisposeAsync();
        _log.Dispose();
    }

    [Test]
    public async Task A_subscriber_by_name_gets_a_notice_exactly_once()
    {
        var messages = await SubscribeAsync(RedisChannel.Literal(Channel));
        var notices = Create();

        var first = await SendAsync(notices);
        var second = await SendAsync(notices);
        var other = await SendAsync(notices, _once + ":other");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.EqualTo(NoticeOutcome.Delivered));
            Assert.That(second, Is.EqualTo(NoticeOutcome.AlreadySent));
            Assert.That(other, Is.EqualTo(NoticeOutcome.Delivered));
            Assert.That((await ReceiveAsync(messages, 2)).Select(UserOf), Is.All.EqualTo(_user));
            Assert.That(messages.TryRead(out _), Is.False);
        }
    }

    [Test]
    public async Task A_notice_without_a_once_key_is_sent_each_time()
    {
        await SubscribeAsync(RedisChannel.Literal(Channel));
        var notices = Create();

        var first = await SendAsync(notices, once: null);
        var second = await SendAsync(notices, once: null);

        Assert.That(new[] { first, second }, Is.All.EqualTo(NoticeOutcome.Delivered));
    }

    [Test]
    public async Task A_notice_that_only_a_pattern_subscriber_saw_is_sent_again()
    {
        await SubscribeAsync(RedisChannel.Pattern("sse:*"));
        var notices = Create();

        var first = await SendAsync(notices);
        var messages = await SubscribeAsync(RedisChannel.Literal(Channel));
        var second = await SendAsync(notices);

        Assert.That(first, Is.EqualTo(NoticeOutcome.Undelivered));
        Assert.That(second, Is.EqualTo(NoticeOutcome.Delivered));
        Assert.That(await ReceiveAsync(messages, 1), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_run_that_finds_the_reason_again_renews_the_once_key()
    {
        await SubscribeAsync(RedisChannel.Literal(Channel));
        await SendAsync(Create());
        await _queue.Queue.KeyExpireAsync(OnceKey, TimeSpan.FromSeconds(5));

        await SendAsync(Create());

        Assert.That(
            (await _queue.Queue.KeyTimeToLiveAsync(OnceKey))!.Value.TotalSeconds, Is.InRange(590, 600));
    }

    [Test]
    public async Task A_broadcast_goes_to_everybodys_channel_and_is_not_kept()
    {
        var messages = await SubscribeAsync(RedisChannel.Literal("sse:broadcast"));
        var id = Guid.NewGuid().ToString();
        var notice = new Notice("provider.disconnected", UserId: null, _once, JsonElement.Parse($$"""{"id": "{{id}}"}"""));

        var outcome = await Create(retention: true).SendAsync(notice, CancellationToken.None);

        var message = await ReceiveAsync(messages, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(NoticeOutcome.Delivered));
            Assert.That(UserOf(message.Single()), Is.EqualTo(Guid.Empty));
            Assert.That(await _queue.Queue.KeyExistsAsync("sse:stream:broadcast"), Is.False);
        }
    }

    [Test]
    public async Task A_kept_notice_is_an_entry_as_dashtam_api_writes_it()
    {
        await RequireStreamsAsync();
        var original = JsonElement.Parse(ApiFixture.Read("sse-stream-entry-by-api.json"))[0].GetProperty("fields");
        _time.SetUtcNow(original.GetProperty("occurred_at").GetDateTimeOffset());
        var notice = new Notice(
            original.GetProperty("event_type").GetString()!,
            _user,
            _once,
            JsonElement.Parse(original.GetProperty("data").GetString()!));

        var first = await Create(retention: true).SendAsync(notice, CancellationToken.None);
        var second = await Create(retention: true).SendAsync(notice, CancellationToken.None);

        var entry = (await _queue.Queue.StreamRangeAsync(Stream)).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.EqualTo(NoticeOutcome.Retained));
            Assert.That(second, Is.EqualTo(NoticeOutcome.AlreadySent));
            Assert.That(entry.Values.Select(field => field.Name.ToString()),
                Is.EqualTo(original.EnumerateObject().Select(field => field.Name)));
            Assert.That(entry.Values.Skip(1).Select(field => field.Value.ToString()),
                Is.EqualTo(original.EnumerateObject().Skip(1).Select(field => field.Value.GetString())));
            Assert.That(Guid.Parse(entry["event_id"].ToString()).Version, Is.EqualTo(7));
        }
    }

    [Test]
    public async Task A_stream_lives_an_hour_from_its_first_entry()
    {
        await RequireStreamsAsync();
        var notices = Create(retention: true);

        await SendAsync(notices);
        var first = await _queue.Queue.KeyTimeToLiveAsync(Stream);
        await _queue.Queue.KeyExpireAsync(Stream, TimeSpan.FromSeconds(50));
        await SendAsync(notices, _once + ":other");
        var second = await _queue.Queue.KeyTimeToLiveAsync(Stream);

        Assert.That(first!.Value.TotalSeconds, Is.InRange(3_590, 3_600));
        Assert.That(second!.Value.TotalSeconds, Is.InRange(1, 50));
    }

#if EMBEDDED_REDIS
    [Test]
    public async Task A_server_without_streams_turns_retention_off_and_says_so_once()
    {
        await _queue.DisposeAsync();
        _queue = await TestQueue.CreateOnAsync((await TestServices.GarnetAsync()).ConnectionString);
        await SubscribeAsync(RedisChannel.Literal(Channel));
        var notices = Create(retention: true);

        var first = await SendAsync(notices);
        var second = await SendAsync(notices, _once + ":other");

        Assert.That(new[] { first, second }, Is.All.EqualTo(NoticeOutcome.Delivered));
        Assert.That(_log.Single().GetProperty("event").GetString(), Is.EqualTo("notice_retention_off"));
    }
#endif

    private static async Task RequireStreamsAsync()
    {
        if (!(await TestServices.RedisAsync()).SupportsStreams)
        {
            Assert.Ignore("This Redis has no streams.");
        }
    }

    private static Guid UserOf(ChannelMessage message) =>
        JsonElement.Parse(message.Message.ToString()).GetProperty("user_id").GetGuid();

    private static async Task<List<ChannelMessage>> ReceiveAsync(ChannelMessageQueue messages, int count)
    {
        var received = new List<ChannelMessage>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (received.Count < count)
        {
            received.Add(await messages.ReadAsync(patience.Token));
        }

        return received;
    }

    private RedisNotices Create(bool retention = false) => new(
        _queue,
        Options.Create(new NoticeOptions { TtlSeconds = 600, EnableRetention = retention }),
        _time,
        _log.Factory.CreateLogger<RedisNotices>());

    private Task<NoticeOutcome> SendAsync(RedisNotices notices) => SendAsync(notices, _once);

    private Task<NoticeOutcome> SendAsync(RedisNotices notices, string? once) => notices.SendAsync(
        new Notice("provider.token.expiring", _user, once, JsonElement.Parse("{}")), CancellationToken.None);

    private Task<ChannelMessageQueue> SubscribeAsync(RedisChannel channel) =>
        _queue.Queue.Multiplexer.GetSubscriber().SubscribeAsync(channel);
}
