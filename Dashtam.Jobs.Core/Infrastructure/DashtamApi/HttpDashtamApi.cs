using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly.Timeout;
using static System.FormattableString;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>dashtam-api over HTTP. What a call is tried again for is <see cref="ApiRetries"/>'.</summary>
internal sealed class HttpDashtamApi(
    HttpClient client, AccessTokens tokens, IOptions<DashtamApiOptions> options, TimeProvider time) : IDashtamApi
{
    // Relative: the base URL may have a path.
    private const string Syncs = "api/v1/accounts/syncs";
    private const int LargestReplyBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<SyncOutcome> SyncAccountsAsync(
        ConnectionOwner owner, bool force, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Syncs, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Create(owner.UserId, owner.Email));
        request.Content = JsonContent.Create(new SyncRequest(owner.ConnectionId, force), options: Json);
        var limit = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        var call = new ApiCall(force, limit, time);
        call.Accompany(request);

        // Of the whole call, its retries and the reading of the reply's body included.
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            // Not buffered: how much of a body is read depends on the status.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var outcome = await OutcomeAsync(call, response, either.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return outcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var before = call.LastProblem is { } problem ? $"; the last try that ended failed with: {problem}" : "";
            return new SyncOutcome.Failed(Invariant($"no whole answer within {options.Value.TimeoutSeconds} s{before}"));
        }
        catch (Exception error) when (
            error is HttpRequestException or TimeoutRejectedException or IOException or JsonException or ApiPauseException)
        {
            return new SyncOutcome.Failed(error.Message);
        }
    }

    private static async Task<SyncOutcome> OutcomeAsync(
        ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return await SyncedAsync(response, cancellationToken);
        }

        var problem = await call.ProblemOfAsync(response, cancellationToken);
        if (call.IsRecentlySynced(problem))
        {
            return new SyncOutcome.RecentlySynced();
        }

        return (int)response.StatusCode is >= 400 and < 500
            && response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
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
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            return new SyncOutcome.Failed(Invariant($"HTTP {status}, and the reply cannot be read: {error.Message}"));
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
