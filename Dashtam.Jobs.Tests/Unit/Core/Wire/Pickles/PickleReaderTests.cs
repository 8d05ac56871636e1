using System.Text;
using Dashtam.Jobs.Core.Wire.Pickles;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

[Category("Unit")]
internal sealed class PickleReaderTests
{
    [TestCase("schedule-entry-cron-1.pickle", "schedule-entry-cron-1.json")]
    [TestCase("schedule-entry-cron-delta.pickle", "schedule-entry-cron-delta.json")]
    [TestCase("schedule-entry-cron-tz.pickle", "schedule-entry-cron-tz.json")]
    [TestCase("schedule-entry-every-2m.pickle", "schedule-entry-every-2m.json")]
    [TestCase("schedule-entry-every-90s.pickle", "schedule-entry-every-90s.json")]
    [TestCase("schedule-entry-time-1.pickle", "schedule-entry-time-1.json")]
    [TestCase("result-error-valueerror.pickle", "result-error-valueerror.json")]
    [TestCase("result-error-with-cause.pickle", "result-error-with-cause.json")]
    [TestCase("result-ok-check-expiring-tokens.pickle", "result-ok-check-expiring-tokens.json")]
    [TestCase("result-ok-every-type.pickle", "result-ok-every-type.json")]
    [TestCase("result-ok-none.pickle", "result-ok-none.json")]
    [TestCase("progress-custom-state.pickle", "progress-custom-state-keeps-meta.json")]
    public void A_pickle_that_Python_wrote_reads_as_the_JSON_that_Python_wrote(string pickle, string json)
    {
        var read = Read(WireFixtures.Bytes(pickle));

        Assert.That(WithoutTime(read), Is.EqualTo(WithoutTime(WireFixtures.Text(json))));
    }

    [TestCase("result-error.minimal-protocol-2.pickle")]
    [TestCase("result-every-type.minimal-protocol-2.pickle")]
    [TestCase("result-ok.minimal-protocol-2.pickle")]
    public void Every_other_pickle_of_the_fixtures_is_read(string fixture)
    {
        using var json = System.Text.Json.JsonDocument.Parse(PickleReader.ToJson(WireFixtures.Bytes(fixture)));

        Assert.That(json.RootElement.EnumerateObject().First().Name, Is.EqualTo("is_err"));
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    public void Each_protocol_reads_to_the_same_values(int protocol)
    {
        var pickle = protocol < 4 ? PythonPickles.Protocol2 : PythonPickles.Protocol4;
        pickle[1] = (byte)protocol;

        Assert.That(Read(pickle), Is.EqualTo(PythonPickles.Json));
    }

    [TestCase("N.", "null")]
    [TestCase("\u0088.", "true")]
    [TestCase("\u0089.", "false")]
    [TestCase("K\u00ff.", "255")]
    [TestCase("M\u0001\u0002.", "513")]
    [TestCase("J\u00ff\u00ff\u00ff\u00ff.", "-1")]
    [TestCase("\u008a\0.", "0")]
    [TestCase("\u008a\u0001\u0080.", "-128")]
    [TestCase("G\u007f\u00f0\0\0\0\0\0\0.", "null", Description = "infinity, as TaskIQ's message has it")]
    [TestCase("G\u007f\u00f8\0\0\0\0\0\0.", "null", Description = "NaN")]
    [TestCase("\u008c\u0003\u00ed\u00a0\u0080.", "\"\\ud800\"")]
    [TestCase("\u008c\u0006\u00ed\u00a0\u00bd\u00ed\u00b8\u0080.", "\"\\ud83d\\ude00\"")]
    [TestCase("]N\u0088\u0094aa.", null)]
    [TestCase("](]Ne.", "[[], null]")]
    [TestCase("]]Naa.", "[[null]]")]
    [TestCase("](NN](e(\u0088ee.", "[null, null, [true]]")]
    [TestCase("](e.", "[]")]
    [TestCase("}(u.", "{}")]
    [TestCase("](Ne(\u0088\u0089e.", "[null, true, false]")]
    [TestCase("]\u0094(h\0.", null)]
    [TestCase("]\u0094Na(h\0e.", null)]
    [TestCase("](]\u0094Nah\0e.", "[[null], [null]]")]
    [TestCase("](]\u0094h\0Nae.", "[[null], [null]]", Description = "one list in two places")]
    public void Opcodes_do_what_Pythons_machine_does(string opcodes, string? expected)
    {
        if (expected is null)
        {
            Assert.That(() => PickleReader.ToJson(PickleText.Of(opcodes)), Throws.TypeOf<PickleException>());
        }
        else
        {
            Assert.That(Read(PickleText.Of(opcodes)), Is.EqualTo(expected));
        }
    }

    [Test]
    public void JSON_is_told_from_a_pickle_by_its_first_byte()
    {
        Assert.That(PickleReader.IsPickle(WireFixtures.Bytes("schedule-entry-cron-1.pickle")), Is.True);
        Assert.That(PickleReader.IsPickle(WireFixtures.Bytes("schedule-entry-cron-1.json")), Is.False);
        Assert.That(PickleReader.IsPickle([]), Is.False);
    }

    private static string Read(byte[] pickle) => Encoding.UTF8.GetString(PickleReader.ToJson(pickle));

    // The captures were made by two runs.
    private static string WithoutTime(string json)
    {
        const string name = "\"execution_time\": ";
        var start = json.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return start < name.Length ? json : json.Remove(start, json.AsSpan(start).IndexOfAny(',', '}'));
    }
}
