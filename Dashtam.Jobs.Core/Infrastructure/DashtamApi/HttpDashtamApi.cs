using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Polly.Timeout;
using static System.FormattableString;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>dashtam-api over HTTP. What a call is tried again for, and how long, is <see cref="DashtamApiServices"/>'s.</summary>
internal sealed class HttpDashtamApi(HttpClient client, AccessTokens tokens) : IDashtamApi
{
    // Relative: the base URL may have a path.
    private const string Syncs = "api/v1/accounts/syncs";

    private const int LargestReplyBytes = 1024 * 1024;
    private const int LargestProblemBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<SyncOutcome> SyncAccountsAsync(
        ConnectionOwner owner, bool force, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Syncs, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Create(owner.UserId, owner.Email));
        request.Content = JsonContent.Create(new SyncRequest(owner.ConnectionId, force), options: Json);
        using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        call.CancelAfter(client.Timeout);
        try
        {
            // The body is read afterwards: how an answer of any size or none is told depends on its status.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, call.Token);
            var outcome = await OutcomeAsync(response, call.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return outcome;
        }
        catch (OperationCanceledException) when (call.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new SyncOutcome.Failed(Invariant($"no whole answer within {client.Timeout.TotalSeconds} s"));
        }
        catch (Exception error) when (IsOfTheCall(error, cancellationToken))
        {
            return new SyncOutcome.Failed(error.Message);
        }
    }

    // The run's own cancellation is no failure of the call.
    private static bool IsOfTheCall(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException or TimeoutRejectedException or IOException or JsonException or OperationCanceledException
        && !cancellationToken.IsCancellationRequested;

    private static async Task<SyncOutcome> OutcomeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return await SyncedAsync(response, cancellationToken);
        }

        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return new SyncOutcome.RecentlySynced();
        }

        var problem = ApiProblem.Read(await ProblemBodyAsync(response, cancellationToken), response.StatusCode);
        return (int)response.StatusCode is >= 400 and < 500 && response.StatusCode != HttpStatusCode.RequestTimeout
            ? new SyncOutcome.Refused((int)response.StatusCode, problem.Title)
            : new SyncOutcome.Failed(problem.ToString());
    }

    private static async Task<SyncOutcome> SyncedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        try
        {
            if (await BoundedBody.ReadAsync(response.Content, LargestReplyBytes, cancellationToken) is not { } body)
            {
                return new SyncOutcome.Failed(Invariant($"HTTP {status}, with a body of more than {LargestReplyBytes} bytes"));
            }

            return JsonSerializer.Deserialize<SyncReply>(body.Span, Json) is { } reply
                ? new SyncOutcome.Synced(reply.Created, reply.Updated, reply.Unchanged, reply.Errors)
                : new SyncOutcome.Failed(Invariant($"HTTP {status}, and the reply is null"));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            return new SyncOutcome.Failed(Invariant($"HTTP {status}, and the reply cannot be read: {error.Message}"));
        }
    }

    /// <summary>An error's body only adds to its status: one that is too large, slow or broken says nothing.</summary>
    private static async Task<ReadOnlyMemory<byte>> ProblemBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedBody.ReadAsync(response.Content, LargestProblemBytes, cancellationToken) ?? default;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            return default;
        }
    }

    private sealed record SyncRequest(Guid ConnectionId, bool Force);

    private sealed record SyncReply
    {
        public required long Created { get; init; }

        public required long Updated { get; init; }

        public required long Unchanged { get; init; }

        public required long Errors { get; init; }
    }
}
