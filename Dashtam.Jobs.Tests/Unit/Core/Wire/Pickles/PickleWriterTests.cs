using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Wire.Pickles;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

[Category("Unit")]
internal sealed class PickleWriterTests
{
    [TestCase("result-ok.minimal-protocol-2.pickle", "result-ok-check-expiring-tokens.json", "0.02")]
    [TestCase("result-error.minimal-protocol-2.pickle", "result-error-with-cause.json", "0.0")]
    [TestCase("result-every-type.minimal-protocol-2.pickle", "result-ok-every-type.json", "0.0")]
    public void A_result_is_written_byte_for_byte_as_the_unmodified_client_was_seen_to_read_it(string pickle, string json, string seconds)
    {
        var written = PickleWriter.FromJson(Encoding.UTF8.GetBytes(WithTime(WireFixtures.Text(json), seconds)));

        Assert.That(written, Is.EqualTo(WireFixtures.Bytes(pickle)));
    }

    [TestCase("result-error-valueerror")]
    [TestCase("result-error-with-cause")]
    [TestCase("result-ok-check-expiring-tokens")]
    [TestCase("result-ok-every-type")]
    [TestCase("result-ok-none")]
    public void What_Python_pickled_has_the_same_value_as_what_is_written_here(string fixture)
    {
        var written = PickleReader.ToJson(PickleWriter.FromJson(WireFixtures.Bytes($"{fixture}.json")));
        var python = PickleReader.ToJson(WireFixtures.Bytes($"{fixture}.pickle"));

        Assert.That(WithTime(Encoding.UTF8.GetString(written), "0.0"), Is.EqualTo(WithTime(Encoding.UTF8.GetString(python), "0.0")));
    }

    [Test]
    public void A_progress_record_has_the_same_value_as_the_one_that_Python_pickled() => Assert.That(
        PickleReader.ToJson(PickleWriter.FromJson(WireFixtures.Bytes("progress-custom-state-keeps-meta.json"))),
        Is.EqualTo(PickleReader.ToJson(WireFixtures.Bytes("progress-custom-state.pickle"))));

    [TestCase("-2147483648", "4A00000080")]
    [TestCase("2147483647", "4AFFFFFF7F")]
    [TestCase("2147483648", "8A050000008000")]
    [TestCase("-2147483649", "8A05FFFFFF7FFF")]
    [TestCase("18446744073709551616", "8A09000000000000000001")]
    [TestCase("1e300", "477E37E43C8800759C")]
    [TestCase("-0.0", "478000000000000000")]
    [TestCase("1e999", "477FF0000000000000", Description = "as Python reads it")]
    [TestCase("NaN", "4E", Description = "as in the JSON that stands at the other key")]
    [TestCase("[]", "5D2865")]
    [TestCase("{}", "7D2875")]
    [TestCase("[true, false, null]", "5D2888894E65")]
    [TestCase("\"\\n\\u017c\"", "58030000000AC5BC")]
    [TestCase("\"\\ud83d\\ude00\"", "5804000000F09F9880")]
    [TestCase("\"a\\ud800\"", "580400000061EDA080", Description = "a lone surrogate, as Python pickles it")]
    public void A_value_is_written_in_the_opcodes_of_the_minimal_subset(string json, string opcodes) =>
        Assert.That(Convert.ToHexString(PickleWriter.FromJson(Encoding.UTF8.GetBytes(json))), Is.EqualTo($"8002{opcodes}2E"));

    [TestCase(614, 'J', Description = "255 bytes, the most that one byte can count")]
    [TestCase(700, 'X')]
    [TestCase(4_000, 'X')]
    public void An_integer_too_large_for_the_subset_is_written_as_text(int digits, char opcode)
    {
        var number = new string('1', digits);

        var pickle = PickleWriter.FromJson(Encoding.ASCII.GetBytes(number));

        Assert.That(pickle[2], Is.EqualTo(opcode == 'J' ? 0x8A : (byte)opcode));
        Assert.That(
            Encoding.ASCII.GetString(PickleReader.ToJson(pickle)), Is.EqualTo(opcode == 'J' ? number : $"\"{number}\""));
    }

    [Test]
    public void What_is_deep_is_written_without_recursion()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000)) + string.Concat(Enumerable.Repeat("]", 100_000));

        Assert.That(PickleWriter.FromJson(Encoding.ASCII.GetBytes(deep)), Has.Length.EqualTo(300_003));
    }

    private static string WithTime(string json, string seconds)
    {
        const string field = "\"execution_time\": ";
        var start = json.IndexOf(field, StringComparison.Ordinal) + field.Length;
        var end = json.IndexOf(',', start);
        _ = double.Parse(json[start..end], CultureInfo.InvariantCulture);
        return string.Concat(json.AsSpan(0, start), seconds, json.AsSpan(end));
    }
}
