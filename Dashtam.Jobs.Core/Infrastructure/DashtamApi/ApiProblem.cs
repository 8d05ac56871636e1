using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>What dashtam-api says of an error (RFC 9457), or what can be said when it was something else that answered.</summary>
internal sealed record ApiProblem(HttpStatusCode Status, string Title, string? Detail)
{
    private const int LongestText = 200;

    /// <summary>Reads any body; one without a title gets the status as title.</summary>
    public static ApiProblem Read(ReadOnlyMemory<byte> body, HttpStatusCode status)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return new ApiProblem(status, Text(json.RootElement, "title") ?? Unnamed(status), Text(json.RootElement, "detail"));
        }
        catch (JsonException)
        {
            return new ApiProblem(status, Unnamed(status), Detail: null);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(int)Status} {Title}{(Detail is null ? "" : $": {Detail}")}");

    private static string Unnamed(HttpStatusCode status) => string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}");

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object
        && problem.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text[..Math.Min(text.Length, LongestText)]
            : null;
}
