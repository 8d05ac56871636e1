using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Every form of a command that a script calls is in the table whose answers are compared on each server.</summary>
[Category("Unit")]
internal sealed partial class ReplyShapeTableTests
{
    // Only where there are streams: a test that a real Redis runs alone.
    private const string NotOnEveryServer = "XADD MAXLEN";

    [Test]
    public void The_table_has_every_form_that_a_script_calls()
    {
        var scripts = ScriptFile.All.SelectMany(script => Forms(script.Text));

        string[] known = [.. LuaCall.All.SelectMany(row => Forms(row.Call)), NotOnEveryServer];
        Assert.That(scripts.Except(known, StringComparer.Ordinal), Is.Empty);
    }

    [Test]
    public void Whoever_answers_otherwise_is_named_with_how_the_scripts_live_with_it() => Assert.That(
        LuaCall.All.Where(row => row.OnGarnet is null != row.Handled is null), Is.Empty);

    /// <summary><c>SET NX EX</c>: the command and its options; and whether a pop has a count.</summary>
    private static IEnumerable<string> Forms(string code) => CallPattern().Matches(code).Select(call =>
    {
        var rest = call.Groups["rest"].Value;
        var options = OptionPattern().Matches(rest).Select(option => option.Groups["option"].Value);
        var name = call.Groups["name"].Value;
        var hasCount = name is "RPOP" or "LPOP" && rest.Count(letter => letter == ',') > 1;
        return string.Join(' ', [name, .. options, .. hasCount ? (string[])["count"] : []]);
    });

    // Up to a call within it, which is a form of its own.
    [GeneratedRegex(@"redis\.p?call\('(?<name>[A-Z]+)'(?<rest>((?!redis\.)[^\n()]|\([^()]*\))*)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CallPattern();

    [GeneratedRegex("'(?<option>[A-Z]{2,})'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OptionPattern();
}
