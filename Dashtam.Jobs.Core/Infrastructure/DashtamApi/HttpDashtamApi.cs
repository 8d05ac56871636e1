using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Polly.Timeout;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>dashtam-api over HTTP. What a call is tried again for, and how long, is <see cref="DashtamApiServices"/>'s.</summary>
internal sealed class HttpDashtamApi(HttpClient client, AccessTokens tokens) : IDashtamApi
{
    // Relative: the base URL may have a path.
    private const string Syncs = "api/v1/accounts/syncs";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<SyncOutcome> SyncAccountsAsync(
        ConnectionOwner owner, bool force, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Syncs, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Create(owner.UserId, owner.Email));
        request.Content = JsonContent.Create(new SyncRequest(owner.ConnectionId, force), options: Json);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return await OutcomeAsync(response, cancellationToken);
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
            var reply = await response.Content.ReadFromJsonAsync<SyncReply>(Json, cancellationToken);
            return reply is null
                ? new SyncOutcome.Failed("the reply is null")
                : new SyncOutcome.Synced(reply.Created, reply.Updated, reply.Unchanged, reply.Errors);
        }

        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return new SyncOutcome.RecentlySynced();
        }

        var problem = ApiProblem.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), response.StatusCode);
        return (int)response.StatusCode is >= 400 and < 500 && response.StatusCode != HttpStatusCode.RequestTimeout
            ? new SyncOutcome.Refused((int)response.StatusCode, problem.Title)
            : new SyncOutcome.Failed(problem.ToString());
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
