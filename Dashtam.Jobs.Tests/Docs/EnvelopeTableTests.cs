using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Docs;

/// <summary>The table of an envelope's fields in docs/reference/producers.md beside the reader of envelopes.</summary>
[Category("Unit")]
internal sealed partial class EnvelopeTableTests
{
    private const string Whole =
        """{"task_id": "1", "task_name": "run_canary", "labels": {}, "labels_types": {}, "args": [], "kwargs": {}}""";

    private static readonly Dictionary<string, bool> Table = Row()
        .Matches(File.ReadAllText(Path.Combine(Sources.Root, "docs", "reference", "producers.md")))
        .ToDictionary(match => match.Groups["field"].Value, match => match.Groups["required"].Value == "yes", StringComparer.Ordinal);

    public static IEnumerable<string> Fields => JsonNode.Parse(Whole)!.AsObject().Select(pair => pair.Key);

    [Test]
    public void It_has_the_fields_that_the_reader_knows()
    {
        Assert.That(Table.Keys, Is.EqualTo(Fields));
        Assert.That(Fields, Has.Exactly(EnvelopeFields.Count).Matches<string>(name => EnvelopeFields.IsKnown(name!)));
    }

    [TestCaseSource(nameof(Fields))]
    public void A_field_may_be_missing_if_the_table_says_so(string field)
    {
        var envelope = JsonNode.Parse(Whole)!.AsObject();
        envelope.Remove(field);

        var isRead = JobEnvelope.TryParse(Encoding.UTF8.GetBytes(envelope.ToJsonString()), out _, out var problem);

        Assert.That(isRead, Is.EqualTo(!Table[field]), problem);
    }

    [GeneratedRegex(@"^\| `(?<field>[a-z_]+)` \| [a-z ]+ \| (?<required>yes|no) \|",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
