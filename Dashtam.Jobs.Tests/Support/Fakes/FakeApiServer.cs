namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A request as it left the client.</summary>
internal sealed record SentRequest(HttpMethod Method, Uri Url, string? Authorization, string Body);

/// <summary>dashtam-api as an HTTP client's last handler: gives the replies in their order, the last one for ever.</summary>
internal sealed class FakeApiServer : HttpMessageHandler
{
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _replies = [];
    private readonly List<SentRequest> _requests = [];

    public IReadOnlyList<SentRequest> Requests => _requests;

    public void Reply(string fixture) => _replies.Enqueue(_ => Task.FromResult(ApiFixture.Load(fixture).Response()));

    public void Reply(HttpResponseMessage response) => _replies.Enqueue(_ => Task.FromResult(response));

    /// <summary>An answer that is made for each request: one that was read cannot be given again.</summary>
    public void Reply(Func<HttpResponseMessage> response) => _replies.Enqueue(_ => Task.FromResult(response()));

    public void Break() => _replies.Enqueue(_ => throw new HttpRequestException("connection refused"));

    public void Hang() => _replies.Enqueue(async token =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
        throw new InvalidOperationException("never reached");
    });

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        _requests.Add(new SentRequest(request.Method, request.RequestUri!, request.Headers.Authorization?.ToString(), body));
        var reply = _replies.Count > 1 ? _replies.Dequeue() : _replies.Peek();
        return await reply(cancellationToken);
    }
}
