using System.Net;
using Polly;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>One call of dashtam-api: what its tries must know of the call, and of the tries before.</summary>
/// <param name="force">Whether a sync is asked for although there was one a short time ago.</param>
/// <param name="limit">How long all tries and pauses may take together.</param>
/// <param name="time">Measures that.</param>
internal sealed class ApiCall(bool force, TimeSpan limit, TimeProvider time)
{
    private static readonly HttpRequestOptionsKey<ApiCall> Key = new("dashtam-jobs.api-call");

    private readonly long _startedAt = time.GetTimestamp();
    private HttpResponseMessage? _answer;
    private ApiProblem? _problem;

    /// <summary>How long the call may still take.</summary>
    public TimeSpan Left => limit - time.GetElapsedTime(_startedAt);

    /// <summary>How the last try failed that has ended; null before.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>The call that a try belongs to.</summary>
    public static ApiCall Of(ResilienceContext context) =>
        context.GetRequestMessage() is { } request && request.Options.TryGetValue(Key, out var call)
            ? call
            : throw new InvalidOperationException("A request of dashtam-api belongs to no call.");

    /// <summary>Lets the request's tries find this call.</summary>
    public void Accompany(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>Notes that a try had no answer.</summary>
    public void NoteFailure(Exception error) => LastProblem = error.Message;

    /// <summary>What an answer that is no success says; its body is read once.</summary>
    public async Task<ApiProblem> ProblemOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (_problem is null || !ReferenceEquals(_answer, answer))
        {
            _problem = await ApiProblem.ReadAsync(answer, cancellationToken);
            _answer = answer;
            LastProblem = _problem.ToString();
        }

        return _problem;
    }

    /// <summary>
    /// Whether an answer says that a sync is not needed. A 429 says so only where no sync was insisted on, and only from dashtam-api
    /// itself: that of a gateway, or one to a forced sync, means that nothing was synced.
    /// </summary>
    public bool IsRecentlySynced(ApiProblem problem) =>
        problem is { Status: HttpStatusCode.TooManyRequests, IsOwn: true } && !force;
}
