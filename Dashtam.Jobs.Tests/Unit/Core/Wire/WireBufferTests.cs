using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
internal sealed class WireBufferTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(WireBuffer.Piece - 1)]
    [TestCase(WireBuffer.Piece)]
    [TestCase(WireBuffer.Piece + 1)]
    [TestCase(3 * WireBuffer.Piece)]
    public void What_is_written_in_parts_of_any_size_comes_out_as_it_was(int length)
    {
        var random = new Random(length);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        var buffer = new WireBuffer(16);
        for (var at = 0; at < length;)
        {
            var some = Math.Min(length - at, random.Next(1, 100_000));
            buffer.Write(bytes.AsSpan(at, some));
            at += some;
        }

        Assert.That(buffer.ToArray(), Is.EqualTo(bytes));
        buffer.WriteAscii("again");
        Assert.That(buffer.ToArray(), Is.EqualTo("again"u8.ToArray()), "it is empty afterwards, and of use");
    }

    [Test]
    public void A_large_text_of_characters_that_are_escaped_reads_back_as_it_was()
    {
        var text = string.Concat(Enumerable.Repeat("żółw \\ \" / \u0001 😀 ", 60_000));
        var echo = JsonSerializer.SerializeToElement(text);
        var summary = new JobSummary(1, 1, 0).With("echo", echo).With("raw", JsonElement.Parse($"\"{JsonEncodedText.Encode("żółw 😀")}/\\/\""));

        using var result = JsonDocument.Parse(JobResult.Success(summary, TimeSpan.Zero, JobLabels.Empty).ToUtf8());

        var value = result.RootElement.GetProperty("return_value");
        Assert.That(value.GetProperty("echo").GetString(), Is.EqualTo(text));
        Assert.That(value.GetProperty("raw").GetString(), Is.EqualTo("żółw 😀//"));
    }

    [Test]
    public void A_large_result_is_written_with_little_more_memory_than_it_takes_twice()
    {
        var summary = new JobSummary(1, 1, 0).With("echo", JsonElement.Parse(Encoding.UTF8.GetBytes($"\"{new string('ж', 1_000_000)}\"")));
        var result = JobResult.Success(summary, TimeSpan.Zero, JobLabels.Empty);
        _ = result.ToUtf8();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var bytes = result.ToUtf8();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2.2 * bytes.Length));
    }
}
