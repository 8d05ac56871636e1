using System.Text;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

/// <summary>The golden captures, and short forms that the tests of this folder share.</summary>
internal static class WireFixtures
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static IEnumerable<string> Messages =>
        Directory.EnumerateFiles(Folder, "message-*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    public static string Text(string file) => Encoding.UTF8.GetString(Bytes(file));

    public static string ToText(this JobEnvelope envelope) => Encoding.UTF8.GetString(envelope.ToUtf8());

    public static string ToText(this JobResult result) => Encoding.UTF8.GetString(result.ToUtf8());

    public static JobEnvelope Parse(byte[] utf8)
    {
        var parsed = JobEnvelope.TryParse(utf8, out var envelope, out var problem);

        return parsed ? envelope : throw new InvalidOperationException(problem);
    }

    public static JobEnvelope Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    public static JobEnvelope Message(string file) => Parse(Bytes(file));

    /// <summary>An envelope whose fields after the names are given as JSON.</summary>
    public static JobEnvelope Envelope(string labels = "{}", string? types = null, string args = "[]", string kwargs = "{}") =>
        Parse($$"""
            {"task_id": "id", "task_name": "job", "labels": {{labels}}, {{(types is null ? "" : $"\"labels_types\": {types}, ")}}"args": {{args}}, "kwargs": {{kwargs}}}
            """);
}
