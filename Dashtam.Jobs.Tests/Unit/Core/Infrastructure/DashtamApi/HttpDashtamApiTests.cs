using System.Net;
using System.Net.Http.Headers;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.DashtamApi;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class HttpDashtamApiTests : IDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static readonly ConnectionOwner Owner = new(
        new("5eed0002-0000-7000-8000-000000000001"), new("5eed0000-0000-7000-8000-000000000001"), "alice@example.test");

    private readonly FakeApiServer _server = new();
    private readonly LogLines _log = new(Jobs.Core.Logging.LogVerbosity.Debug);

    private TimeProvider _time = TimeProvider.System;

    public void Dispose()
    {
        _server.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task A_sync_is_a_post_as_the_connections_owner()
    {
        var capture = ApiFixture.Load("http-accounts-syncs-201.json");
        _server.Reply("http-accounts-syncs-201.json");

        var outcome = await SyncAsync(force: true);

        var request = _server.Requests.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(new SyncOutcome.Synced(Created: 1, Updated: 2, Unchanged: 3, Errors: 0)));
            Assert.That(request.Method, Is.EqualTo(HttpMethod.Post));
            Assert.That(request.Url.ToString(), Is.EqualTo($"https://api.example.test/base{capture.Path}"));
            Assert.That(request.Body, Is.EqualTo(capture.RequestBody));
            Assert.That(request.Authorization, Does.StartWith("Bearer "));
            Assert.That(Token(request).Subject, Is.EqualTo(Owner.UserId.ToString()));
        }
    }

    [TestCase("http-accounts-syncs-401-bad-token.json", 401, "Authentication Required")]
    [TestCase("http-accounts-syncs-401-no-token.json", 401, "Authentication Required")]
    [TestCase("http-accounts-syncs-403-not-owned.json", 403, "Access Denied")]
    [TestCase("http-accounts-syncs-404-unknown-connection.json", 404, "Resource Not Found")]
    [TestCase("http-accounts-syncs-422-bad-body.json", 422, "Validation Failed")]
    public async Task A_refusal_is_not_tried_again_and_gives_its_title(string fixture, int status, string title)
    {
        _server.Reply(fixture);

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Refused(status, title)));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Synced_a_short_time_ago_is_not_tried_again()
    {
        _server.Reply("http-accounts-syncs-429-recently-synced.json");

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.RecentlySynced()));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_429_to_a_forced_sync_means_that_nothing_was_synced()
    {
        _server.Reply("http-accounts-syncs-429-recently-synced.json");

        var outcome = await SyncAsync(force: true);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Failed("429 Rate Limit Exceeded: Accounts were recently synced")));
        Assert.That(_server.Requests, Has.Count.EqualTo(3));
    }

    [TestCase("<html><body>slow down</body></html>")]
    [TestCase("")]
    [TestCase("""{"title":"Too Many Requests"}""")]
    [TestCase("""{"type":"about:blank","title":"Rate Limit Exceeded","status":503}""")]
    [TestCase("""["type","title","status"]""")]
    public async Task A_429_of_a_gateway_means_that_nothing_was_synced(string body)
    {
        _server.Reply(() => Answer(HttpStatusCode.TooManyRequests, body));

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.TypeOf<SyncOutcome.Failed>().With.Property("Problem").StartsWith("429 "));
        Assert.That(_server.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_429_of_a_gateway_is_waited_out_as_it_says()
    {
        _server.Reply(() => Answer(HttpStatusCode.TooManyRequests, "", retryAfterSeconds: 0));
        _server.Reply("http-accounts-syncs-201.json");

        var outcome = await SyncAsync(force: true);

        Assert.That(outcome, Is.TypeOf<SyncOutcome.Synced>());
    }

    [TestCase(HttpStatusCode.ServiceUnavailable, "503 HTTP 503; the next try is due in 3600 s, and the call ends in 1 s")]
    [TestCase(HttpStatusCode.TooManyRequests, "429 HTTP 429; the next try is due in 3600 s, and the call ends in 1 s")]
    public async Task A_pause_that_does_not_fit_into_the_call_ends_it_at_once_and_says_why(HttpStatusCode status, string problem)
    {
        _server.Reply(() => Answer(status, "<html>", retryAfterSeconds: 3600));

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Failed(problem)));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_pause_after_a_lost_connection_must_fit_too()
    {
        _server.Break();

        var outcome = await SyncAsync(("DASHTAM_API_RETRY_DELAY_MS", "60000"));

        Assert.That(outcome, Is.TypeOf<SyncOutcome.Failed>().With.Property("Problem").StartsWith("connection refused; the next try"));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_call_whose_time_is_over_says_how_the_try_before_failed()
    {
        _server.Reply("http-accounts-syncs-500-not-active.json");
        _server.Hang();

        var outcome = await SyncUntilTimeIsOverAsync();

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Failed("no whole answer within 1 s; the last try that ended failed "
            + "with: 500 Command Execution Failed: Provider connection is not active")));
    }

    [TestCase("http-accounts-syncs-500-cannot-decrypt.json", "Failed to decrypt provider credentials")]
    [TestCase("http-accounts-syncs-500-not-active.json", "Provider connection is not active")]
    public async Task A_server_error_is_tried_again_and_then_failed(string fixture, string detail)
    {
        _server.Reply(fixture);

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Failed($"500 Command Execution Failed: {detail}")));
        Assert.That(_server.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_request_timeout_and_a_lost_connection_are_tried_again()
    {
        _server.Break();
        _server.Reply(new HttpResponseMessage(HttpStatusCode.RequestTimeout));
        _server.Reply("http-accounts-syncs-201.json");

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.TypeOf<SyncOutcome.Synced>());
        Assert.That(_server.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_server_that_cannot_be_reached_is_failed()
    {
        _server.Break();

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Failed("connection refused")));
    }

    [Test]
    public async Task A_reply_that_hangs_is_failed_when_the_calls_time_is_over()
    {
        _server.Hang();

        var outcome = await SyncUntilTimeIsOverAsync();

        Assert.That(outcome, Is.TypeOf<SyncOutcome.Failed>());
    }

    [TestCase("<html>")]
    [TestCase("null")]
    [TestCase("""{"created":1}""")]
    [TestCase("""{"created":"x","updated":0,"unchanged":0,"errors":0}""")]
    public async Task A_reply_that_is_not_dashtam_apis_is_failed(string body)
    {
        _server.Reply(new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent(body) });

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.TypeOf<SyncOutcome.Failed>());
    }

    [Test]
    public async Task An_error_with_a_body_of_any_size_is_told_by_its_status()
    {
        _server.Reply(() => new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new ByteArrayContent(new byte[2 * 1024 * 1024]) });

        Assert.That(await SyncAsync(force: false), Is.EqualTo(new SyncOutcome.Failed("500 HTTP 500")));
    }

    [Test]
    public async Task An_error_whose_body_breaks_off_is_told_by_its_status()
    {
        _server.Reply(() => new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StreamContent(new BrokenStream(fails: true)) });

        Assert.That(await SyncAsync(force: false), Is.EqualTo(new SyncOutcome.Failed("500 HTTP 500")));
    }

    [Test]
    public async Task An_error_whose_body_never_ends_is_told_by_its_status_when_the_calls_time_is_over()
    {
        _server.Reply(() => new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StreamContent(new BrokenStream(fails: false)) });

        Assert.That(await SyncUntilTimeIsOverAsync(), Is.TypeOf<SyncOutcome.Failed>().With.Property("Problem").StartsWith("500 HTTP 500"));
    }

    [Test]
    public async Task A_reply_that_is_too_large_is_failed_with_its_status_and_the_limit()
    {
        _server.Reply(new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent(new byte[2 * 1024 * 1024]) });

        Assert.That(await SyncAsync(force: false), Is.EqualTo(new SyncOutcome.Failed("HTTP 201, with a body of more than 1048576 bytes")));
    }

    [Test]
    public async Task A_reply_whose_body_never_ends_is_failed_when_the_calls_time_is_over()
    {
        _server.Reply(new HttpResponseMessage(HttpStatusCode.Created) { Content = new StreamContent(new BrokenStream(fails: false)) });

        Assert.That(await SyncUntilTimeIsOverAsync(), Is.EqualTo(new SyncOutcome.Failed("no whole answer within 1 s")));
    }

    [Test]
    public async Task A_reply_that_names_a_charset_that_does_not_exist_is_failed_and_not_a_defect()
    {
        var content = new ByteArrayContent("<html>"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=no-such");
        _server.Reply(new HttpResponseMessage(HttpStatusCode.Created) { Content = content });

        Assert.That(await SyncAsync(force: false), Is.TypeOf<SyncOutcome.Failed>().With.Property("Problem").StartsWith("HTTP 201"));
    }

    [Test]
    public async Task A_redirect_is_not_followed()
    {
        var redirect = new HttpResponseMessage(HttpStatusCode.TemporaryRedirect);
        redirect.Headers.Location = new Uri("https://elsewhere.test/");
        _server.Reply(redirect);

        var outcome = await SyncAsync(force: false);

        Assert.That(outcome, Is.EqualTo(new SyncOutcome.Failed("307 HTTP 307")));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_runs_cancellation_is_not_a_failure_of_the_call()
    {
        _server.Hang();
        using var run = new CancellationTokenSource();
        run.Cancel();

        Assert.That(() => SyncAsync(force: false, run.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Neither_token_nor_key_is_logged()
    {
        _server.Reply("http-accounts-syncs-500-cannot-decrypt.json");

        await SyncAsync(force: false);

        var token = _server.Requests[0].Authorization!["Bearer ".Length..];
        Assert.That(_log.Lines, Has.None.Contains(token).And.None.Contains(Key));
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, int? retryAfterSeconds = null)
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body) };
        if (retryAfterSeconds is { } seconds)
        {
            answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        }

        return answer;
    }

    private Task<SyncOutcome> SyncAsync(bool force) => SyncAsync(force, CancellationToken.None);

    private Task<SyncOutcome> SyncAsync(params (string Name, string Value)[] settings) =>
        SyncAsync(force: false, CancellationToken.None, settings);

    /// <summary>A call that nothing ends but its time, which a clock brings about that the test moves.</summary>
    private Task<SyncOutcome> SyncUntilTimeIsOverAsync()
    {
        var clock = new FakeTimeProvider();
        _time = clock;
        return clock.AdvanceUntilEndAsync(SyncAsync(force: false), TimeSpan.FromMilliseconds(50));
    }

    private async Task<SyncOutcome> SyncAsync(
        bool force, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["DASHTAM_API_URL"] = "https://api.example.test/base",
            ["DASHTAM_API_SECRET_KEY"] = Key,
            ["DASHTAM_API_RETRY_DELAY_MS"] = "1",
            ["DASHTAM_API_TIMEOUT_SECONDS"] = "1",
        };
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(_time)
            .AddSingleton(_log.Factory)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddDashtamApi();
        services.AddHttpClient(nameof(IDashtamApi)).ConfigurePrimaryHttpMessageHandler(() => _server);
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<IDashtamApi>().SyncAccountsAsync(Owner, force, cancellationToken);
    }

    private static JsonWebToken Token(SentRequest request) => new(request.Authorization!["Bearer ".Length..]);
}
