using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Who reads a warning at 3 a.m. finds it in the runbook; who reads the runbook finds nothing that is never logged.</summary>
[Category("Unit")]
internal sealed partial class RunbookTests
{
    [Test]
    public void Every_warning_and_error_has_a_row_in_the_runbook()
    {
        var logged = OurCode.LogMessages.Where(message => message.Level >= LogLevel.Warning).Select(message => message.EventName);

        Assert.That(string.Join(' ', logged.Except(InRunbook(), StringComparer.Ordinal)), Is.Empty);
    }

    [Test]
    public void Every_event_in_the_runbook_is_logged_by_the_code()
    {
        var logged = OurCode.LogMessages.Select(message => message.EventName);

        Assert.That(string.Join(' ', InRunbook().Except(logged, StringComparer.Ordinal)), Is.Empty);
    }

    private static List<string> InRunbook()
    {
        var events = File.ReadLines(Path.Combine(Sources.Root, "docs", "runbooks", "operations.md"))
            .SkipWhile(line => !line.StartsWith("## Events in the log", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Event().Matches(line.Split('|')[1]))
            .Select(match => match.Groups["event"].Value)
            .ToList();
        Assert.That(events, Has.Count.GreaterThan(40), "the table is found at all");
        return events;
    }

    [GeneratedRegex("`(?<event>[a-z]+(_[a-z0-9]+)+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Event();
}
