using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Reads <c>deploy/sql/01-schema.sql</c>, which writes each column on a line of its own.</summary>
internal static partial class SchemaFile
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Sources.Root, "deploy", "sql", "01-schema.sql"));

    public static IReadOnlyList<string> Tables() => [.. Table().Matches(Text).Select(match => match.Groups["table"].Value)];

    /// <summary>The columns in order, each with <c> NOT NULL</c> behind its name where it says so.</summary>
    public static IReadOnlyList<string> Columns(string table)
    {
        var body = Table().Matches(Text).Single(match => match.Groups["table"].Value == table).Groups["body"].Value;
        return [.. Column().Matches(body).Select(match =>
            match.Groups["column"].Value + (match.Groups["rest"].Value.Contains("NOT NULL", StringComparison.Ordinal) ? " NOT NULL" : ""))];
    }

    [GeneratedRegex(@"^CREATE TABLE IF NOT EXISTS (?<table>\w+) \((?<body>.*?)^\);",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Table();

    [GeneratedRegex(@"^ +(?<column>[a-z_]+) +(?<rest>[^,\n]*)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Column();
}
