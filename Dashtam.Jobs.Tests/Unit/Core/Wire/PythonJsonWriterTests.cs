using System.Text;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class PythonJsonWriterTests
{
    // Not what Python's default wrote: bare words, compact form, raw UTF-8.
    private static IEnumerable<string> Defaults => WireFixtures.Messages.Where(file =>
        !file.Contains("pydantic1", StringComparison.Ordinal) && !file.Contains("utf8", StringComparison.Ordinal));

    [TestCaseSource(nameof(Defaults))]
    public void What_Python_wrote_is_written_again_byte_for_byte(string file) =>
        Assert.That(Written(WireFixtures.Text(file)), Is.EqualTo(WireFixtures.Text(file)));

    [TestCase("{\"a\":[1,{}],\"b\":{ }}", "{\"a\": [1, {}], \"b\": {}}")]
    [TestCase("[ [ ] , [] ]", "[[], []]")]
    [TestCase("\"\\u001F\\/\\u0008\\f\\u2028\u007f\"", "\"\\u001f/\\b\\f\\u2028\\u007f\"")]
    [TestCase("\"ż😀\"", "\"\\u017c\\ud83d\\ude00\"")]
    [TestCase("[NaN,-Infinity,\"NaN\"]", "[null, null, \"NaN\"]")]
    public void Any_JSON_gets_the_form_of_Python(string json, string expected) =>
        Assert.That(Written(json), Is.EqualTo(expected));

    [TestCase("progress-started.json", "STARTED")]
    [TestCase("progress-custom-state-keeps-meta.json", "HALFWAY")]
    public void A_progress_is_written_as_Python_writes_it(string file, string state) => Assert.That(
        Written($$$"""{"state":"{{{state}}}","meta":{"done":1,"of":4,"note":"żółć"}}"""), Is.EqualTo(WireFixtures.Text(file)));

    private static string Written(string json)
    {
        var writer = new PythonJsonWriter();
        writer.Json(Encoding.UTF8.GetBytes(json));
        return Encoding.UTF8.GetString(writer.ToArray());
    }
}
