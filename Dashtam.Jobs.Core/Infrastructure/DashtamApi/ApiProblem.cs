using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>What dashtam-api says of an error (RFC 9457), or what can be said when it was something else that answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The problem's title; the status when it has none.</param>
/// <param name="Detail">What happened this time; null when nothing is said.</param>
/// <param name="IsOwn">Whether dashtam-api wrote it, and not a gateway before it: it has a type, a title and this status.</param>
internal sealed record ApiProblem(HttpStatusCode Status, string Title, string? Detail, bool IsOwn)
{
    private const int LongestText = 200;

    /// <summary>As much of a body as is read; dashtam-api's problems have a few hundred bytes.</summary>
    private const int LongestBody = 64 * 1024;

    /// <summary>
    /// Reads any body. It only adds to the status: one that is too long, breaks off, does not end or has no title gets the status
    /// as title.
    /// </summary>
    public static async Task<ApiProblem> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await BoundedBody.ReadAsync(response.Content, LongestBody, cancellationToken);
            return Read(body ?? default, response.StatusCode);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            return Unnamed(response.StatusCode);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(int)Status} {Title}{(Detail is null ? "" : $": {Detail}")}");

    private static ApiProblem Read(ReadOnlyMemory<byte> body, HttpStatusCode status)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var problem = json.RootElement;
            var title = Text(problem, "title");
            var isOwn = title is not null && Text(problem, "type") is not null
                && problem.TryGetProperty("status", out var own) && own.ValueKind == JsonValueKind.Number
                && own.TryGetInt32(out var number) && number == (int)status;
            return Unnamed(status) with { Title = title ?? Unnamed(status).Title, Detail = Text(problem, "detail"), IsOwn = isOwn };
        }
        catch (JsonException)
        {
            return Unnamed(status);
        }
    }

    private static ApiProblem Unnamed(HttpStatusCode status) =>
        new(status, string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}"), Detail: null, IsOwn: false);

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object
        && problem.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text[..Math.Min(text.Length, LongestText)]
            : null;
}
