using System.Globalization;
using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>A call that ends before its time is over, because the next try would begin after that.</summary>
internal sealed class ApiPauseException(string message) : JobsException(message);

/// <summary>What a call of dashtam-api is tried again for, and how long is waited before.</summary>
internal static class ApiRetries
{
    /// <summary>
    /// Retries with doubling pauses, or those that <c>Retry-After</c> asks for. POST too: a sync may run twice.
    /// </summary>
    public static HttpRetryStrategyOptions Of(DashtamApiOptions options) => new()
    {
        MaxRetryAttempts = options.Retries,
        Delay = TimeSpan.FromMilliseconds(options.RetryDelayMilliseconds),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = IsWorthAnotherTryAsync,
        OnRetry = RefuseAPauseThatDoesNotFit,
    };

    private static async ValueTask<bool> IsWorthAnotherTryAsync(RetryPredicateArguments<HttpResponseMessage> attempt)
    {
        var call = ApiCall.Of(attempt.Context);
        switch (attempt.Outcome)
        {
            case { Exception: HttpRequestException or TimeoutRejectedException or IOException }:
                call.NoteFailure(attempt.Outcome.Exception);
                return true;
            case { Result: { IsSuccessStatusCode: false } answer }:
                var problem = await call.ProblemOfAsync(answer, attempt.Context.CancellationToken);
                return answer.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout
                    || (answer.StatusCode == HttpStatusCode.TooManyRequests && !call.IsRecentlySynced(problem));
            default:
                return false;
        }
    }

    // A pause costs a slot of the worker: one that the call does not live to see the end of is not begun.
    private static ValueTask RefuseAPauseThatDoesNotFit(OnRetryArguments<HttpResponseMessage> retry)
    {
        var call = ApiCall.Of(retry.Context);
        var left = call.Left;
        if (retry.RetryDelay < left)
        {
            return ValueTask.CompletedTask;
        }

        retry.Outcome.Result?.Dispose();
        throw new ApiPauseException(string.Create(
            CultureInfo.InvariantCulture,
            $"{call.LastProblem}; the next try is due in {retry.RetryDelay.TotalSeconds:0} s, and the call ends in {left.TotalSeconds:0} s"));
    }
}
