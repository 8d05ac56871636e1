using System.Diagnostics;
using System.Reflection;
using System.Text;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

/// <summary>Pickles that run code, or that cost more than they are worth.</summary>
[Category("Unit")]
internal sealed class HostilePickleTests
{
    private const int BytesEach = 20;
    private const int Fixed = 1_024; // objects that the smallest pickle needs as well
    private const int OfAnException = 16 * 1_024; // with its stack trace

    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(10);

    private const int Most = PickleJson.MaxValues - 2;

    private const string Minus1e300 = "G\u00fe\u0037\u00e4\u003c\u0088\0\u0075\u009c";

    /// <summary>As much as may be of what costs most for each byte, and a long text so that more may be written.</summary>
    private static IEnumerable<TestCaseData> Largest =>
    [
        Case("None", PickleText.Repeat("N", Most)),
        Case("False", PickleText.Repeat("\u0089", Most)),
        Case("empty lists", PickleText.Repeat("]", Most)),
        Case("lists in the memo", PickleText.Repeat("]\u0094", Most)),
        Case("one value often in the memo", $"N{PickleText.Repeat("\u0094", (3 * PickleJson.MaxValues) - 10)}"),
        Case("integers", PickleText.Repeat("K\u00ff", Most)),
        Case("integers of four bytes", PickleText.Repeat("J\0\0\0\u0080", Most)),
        Case("lists of one", PickleText.Repeat("]Na", Most / 2)),
        Case("letters", PickleText.Repeat("\u008c\u0001a\u0094", Most)),
        Case("one text again and again", $"{PickleText.Text("abcdefgh")}\u0094{PickleText.Repeat("h\0", Most - 1)}"),
        Case("control characters", PickleText.Text(new string('\u0001', 1_048_000))),
        Case("umlauts", PickleText.Text(new string('\u00e4', 524_000))),
        Case("emojis", PickleText.Text(PickleText.Repeat("\ud83d\ude00", 262_000))),
        Case("lone surrogates", $"X{Encoding.Latin1.GetString([0xb0, 0xfd, 0x0f, 0])}{PickleText.Repeat("\u00ed\u00a0\u0080", 349_328)}"),
        Case("floats", PickleText.Repeat(Minus1e300, 7_000) + PickleText.Repeat("N", Most - 7_000)),
        Case("integers of 255 bytes", PickleText.Repeat($"\u008a\u00ff{new string('\u0077', 255)}", 254)),
        Case("a long text and many lists", PickleText.Text(new string('x', 800_000)) + PickleText.Repeat("]\u0094", Most - 1)),
    ];

    // The first exception of a process takes more than all that follow.
    [OneTimeSetUp]
    public static void RefuseOnce() => Assert.That(() => Read([]), Throws.TypeOf<PickleException>());

    [TestCaseSource(nameof(Largest))]
    public void A_pickle_takes_no_more_than_twenty_times_its_bytes_and_ten_milliseconds(string opcodes)
    {
        var pickle = PickleText.Of(opcodes);
        var limit = IsOptimized ? MostTime : Slower * MostTime;
        var fastest = TimeSpan.MaxValue;
        for (var turn = 0; turn < 10 && fastest > limit; turn++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = ThreadCpu.Time();
            Read(pickle);
            var took = ThreadCpu.Time() - started;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.That(allocated, Is.LessThanOrEqualTo(((long)BytesEach * pickle.Length) + Fixed));
            fastest = took < fastest ? took : fastest;
        }

        Assert.That(fastest, Is.LessThanOrEqualTo(limit));
    }

    [TestCase("cos\nsystem\n\u008c\u0002id\u0085R.", "opcode GLOBAL (0x63) at byte 2 is not read")]
    [TestCase("\u008c\u0002os\u008c\u0006system\u0093.", "opcode STACK_GLOBAL (0x93) at byte 14 is not read")]
    [TestCase("]R.", "opcode REDUCE (0x52) at byte 3 is not read")]
    [TestCase("]b.", "opcode BUILD (0x62) at byte 3 is not read")]
    [TestCase("(ios\nsystem\n.", "opcode INST (0x69) at byte 3 is not read")]
    [TestCase("(o.", "opcode OBJ (0x6f) at byte 3 is not read")]
    [TestCase("]\u0081.", "opcode NEWOBJ (0x81) at byte 3 is not read")]
    [TestCase("]\u0092.", "opcode NEWOBJ_EX (0x92) at byte 3 is not read")]
    [TestCase("P0\n.", "opcode PERSID (0x50) at byte 2 is not read")]
    [TestCase("NQ.", "opcode BINPERSID (0x51) at byte 3 is not read")]
    [TestCase("\u0082\u0001.", "opcode EXT (0x82) at byte 2 is not read")]
    [TestCase("\u0083\u0001\0.", "opcode EXT (0x83) at byte 2 is not read")]
    [TestCase("\u0084\u0001\0\0\0.", "opcode EXT (0x84) at byte 2 is not read")]
    [TestCase("N2.", "opcode 0x32 at byte 3 is not read", Description = "DUP")]
    [TestCase("N0N.", "opcode 0x30 at byte 3 is not read", Description = "POP")]
    [TestCase("(1.", "opcode 0x31 at byte 3 is not read", Description = "POP_MARK")]
    [TestCase("I01\n.", "opcode 0x49 at byte 2 is not read", Description = "INT of protocol 0")]
    [TestCase("\u008b\u00ff\u00ff\u00ff\u007f.", "opcode 0x8b at byte 2 is not read", Description = "LONG4")]
    [TestCase("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.", "opcode 0x8d at byte 2 is not read", Description = "BINUNICODE8")]
    [TestCase("\u0096\u00ff\0\0\0\0\0\0\0.", "opcode 0x96 at byte 2 is not read", Description = "BYTEARRAY8")]
    [TestCase("\u0097.", "opcode 0x97 at byte 2 is not read", Description = "NEXT_BUFFER")]
    [TestCase("\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffN.", "FRAME at byte 2 goes beyond the end")]
    [TestCase("\u0095\u0003\0\0\0\0\0\0\0N.", "FRAME at byte 2 goes beyond the end")]
    [TestCase("\u0095\u0003\0", "opcode 0x95 at byte 2 goes beyond the end")]
    [TestCase("X\u00ff\u00ff\u00ff\u00ffsecret.", "opcode 0x58 at byte 2 goes beyond the end")]
    [TestCase("X\u00ff\u00ff\u00ff\u007fsecret.", "opcode 0x58 at byte 2 goes beyond the end")]
    [TestCase("\u008c\u00ffsecret.", "opcode 0x8c at byte 2 goes beyond the end")]
    [TestCase("\u008a\u00ff\u0001.", "opcode 0x8a at byte 2 goes beyond the end")]
    [TestCase("J\u0001", "opcode 0x4a at byte 2 goes beyond the end")]
    [TestCase("X\u0001", "opcode 0x58 at byte 2 goes beyond the end")]
    [TestCase("", "it ends at byte 2 without STOP")]
    [TestCase("N", "it ends at byte 3 without STOP")]
    [TestCase("N.N", "STOP at byte 3 is not its end")]
    [TestCase("\u0080\u0004N.", "PROTO at byte 2 is not at the beginning")]
    [TestCase(".", "STOP at byte 2 does not leave one value")]
    [TestCase("NN.", "STOP at byte 4 does not leave one value")]
    [TestCase("N(.", "STOP at byte 4 does not leave one value")]
    [TestCase("a.", "opcode 0x61 at byte 2 does not fit what is on the stack")]
    [TestCase("Na.", "opcode 0x61 at byte 3 does not fit what is on the stack")]
    [TestCase("}Na.", "opcode 0x61 at byte 4 does not fit what is on the stack")]
    [TestCase("](Na.", "opcode 0x61 at byte 5 does not fit what is on the stack")]
    [TestCase("]NNs.", "opcode 0x73 at byte 5 does not fit what is on the stack")]
    [TestCase("]Ne.", "opcode 0x65 at byte 4 does not fit what is on the stack")]
    [TestCase("(Ne.", "opcode 0x65 at byte 4 does not fit what is on the stack")]
    [TestCase("}(Nu.", "opcode 0x75 at byte 5 does not fit what is on the stack")]
    [TestCase("}NNs.", "the dict that is filled at byte 5 has a key that is no text")]
    [TestCase("}(K\u0001Nu.", "the dict that is filled at byte 7 has a key that is no text")]
    [TestCase("}]Ns.", "the dict that is filled at byte 5 has a key that is no text")]
    [TestCase("\u0094N.", "opcode 0x94 at byte 2 does not fit what is on the stack")]
    [TestCase("](\u0094e.", "opcode 0x94 at byte 4 does not fit what is on the stack")]
    [TestCase("Nr\u00ff\u00ff\u00ff\u00ff.", "opcode 0x72 at byte 3 does not fit what is on the stack")]
    [TestCase("h\0.", "opcode at byte 2 takes from the memo what is not there")]
    [TestCase("j\u00ff\u00ff\u00ff\u00ff.", "opcode at byte 2 takes from the memo what is not there")]
    [TestCase("\u008c\u0002\u00ff\u00fe.", "the text at byte 2 is not valid UTF-8")]
    [TestCase("\u008c\u0002\u00c0\u0080.", "the text at byte 2 is not valid UTF-8")]
    [TestCase("\u008c\u0002\u00ed\u00a0.", "the text at byte 2 is not valid UTF-8")]
    [TestCase("]\u0094h\0a.", "its content is more than 7 times as long as the pickle", Description = "a list in itself")]
    [TestCase("}\u0094\u008c\u0001ah\0s.", "its content is more than 7 times as long as the pickle", Description = "a dict in itself")]
    public void What_is_not_plain_or_does_not_fit_is_refused_with_opcode_and_position(string opcodes, string problem) =>
        Assert.That(() => Read(PickleText.Of(opcodes)), Throws.TypeOf<PickleException>().With.Message.EqualTo(problem));

    [Test]
    public void Only_protocols_two_to_five_are_read()
    {
        Assert.That(() => Read([]), Throws.TypeOf<PickleException>());
        Assert.That(() => Read([0x80]), Throws.TypeOf<PickleException>());
        Assert.That(() => Read("N."u8.ToArray()), Throws.TypeOf<PickleException>());
        foreach (var protocol in new byte[] { 0, 1, 6, 255 })
        {
            Assert.That(() => Read([0x80, protocol, (byte)'N', (byte)'.']), Throws.TypeOf<PickleException>());
        }
    }

    [Test]
    public void Two_hundred_and_fifty_six_levels_are_read_and_no_more()
    {
        Assert.That(() => Read(Nested(256)), Throws.Nothing);
        Assert.That(() => Read(Nested(257)), Throws.TypeOf<PickleException>());
        Assert.That(() => Read(PickleText.Of($"]{PickleText.Repeat("(", 100_000)}")), Throws.TypeOf<PickleException>());

        static byte[] Nested(int levels) => PickleText.Of($"{PickleText.Repeat("]", levels)}{PickleText.Repeat("a", levels - 1)}.");
    }

    [Test]
    public void More_values_than_are_read_are_refused_also_when_they_are_few_that_come_often()
    {
        Assert.That(() => Read(PickleText.Of($"]({PickleText.Repeat("N", Most + 1)}e.")), Throws.Nothing);
        AssertRefusedCheaply(PickleText.Of($"]({PickleText.Repeat("N", Most + 2)}e."));

        var thousand = $"]\u0094({PickleText.Repeat("N", 1_000)}e";
        AssertRefusedCheaply(PickleText.Of($"]({PickleText.Text(new string('x', 500_000))}{thousand}{PickleText.Repeat("h\0", 1_000)}e."));
    }

    [Test]
    public void Opcodes_that_say_nothing_are_bounded()
    {
        AssertRefusedCheaply(PickleText.Of($"N{PickleText.Repeat("\u0094", 1_000_000)}."));
        AssertRefusedCheaply(PickleText.Of($"]{PickleText.Repeat("(e", 500_000)}."));
    }

    [Test]
    public void More_than_a_mebibyte_is_not_looked_at() =>
        Assert.That(() => Read(PickleText.Of(new string('N', PickleReader.MaxBytes))), Throws.TypeOf<PickleException>());

    [Test]
    public void A_long_text_that_is_taken_from_the_memo_again_and_again_is_refused()
    {
        var text = PickleText.Text(new string('x', 10_000));

        AssertRefusedCheaply(PickleText.Of($"]({text}\u0094{PickleText.Repeat("h\0", 5_000)}e."));
    }

    [Test]
    public void A_list_that_doubles_with_each_level_is_refused()
    {
        var doubling = PickleText.Repeat("]\u0094", 1);
        for (var level = 1; level < 100; level++)
        {
            doubling += $"](h{(char)(level - 1)}h{(char)(level - 1)}e\u0094";
        }

        AssertRefusedCheaply(PickleText.Of($"]({doubling}e."));
    }

    [Test]
    public void Numbers_that_take_long_to_write_are_bounded()
    {
        AssertRefusedCheaply(PickleText.Of($"]({PickleText.Repeat(Minus1e300, 60_000)}e."));
        AssertRefusedCheaply(PickleText.Of($"]({PickleText.Repeat($"\u008a\u00ff{new string('\u0077', 255)}", 4_000)}e."));
        AssertRefusedCheaply(PickleText.Of($"](\u008a\u00ff{new string('\u0077', 255)}\u0094{PickleText.Repeat("h\0", 4_000)}e."));
    }

    private static void AssertRefusedCheaply(byte[] pickle)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        PickleException? refused = null;
        try
        {
            PickleReader.ToJson(pickle);
        }
        catch (PickleException error)
        {
            refused = error;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(refused, Is.Not.Null);
        Assert.That(allocated, Is.LessThan((BytesEach * pickle.Length) + OfAnException));
    }

    private static bool IsOptimized =>
        typeof(PickleReader).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    // Without the optimizer, and beside other tests that use the same caches; twice that where coverage notes each line.
    private static int Slower => IsMeasured ? 50 : 25;

    private static bool IsMeasured =>
        typeof(PickleReader).Assembly.GetTypes().Any(type => type.Namespace == "Coverlet.Core.Instrumentation.Tracker");

    private static TestCaseData Case(string name, string items) => new TestCaseData($"]({items}e.").SetArgDisplayNames(name);

    private static byte[] Read(byte[] pickle) => PickleReader.ToJson(pickle);
}
