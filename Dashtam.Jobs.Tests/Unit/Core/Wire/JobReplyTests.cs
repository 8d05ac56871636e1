using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
internal sealed class JobReplyTests
{
    [Test]
    public void A_success_has_what_the_job_returned_and_how_long_it_took()
    {
        var summary = new JobSummary(Checked: 3, Processed: 2, Errors: 0).With("delivered", 1);

        var reply = JobReply.Parse(JobResult.Success(summary, TimeSpan.FromSeconds(1.25), JobLabels.Empty).ToUtf8());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(reply.IsSuccess, Is.True);
            Assert.That(reply.ReturnValue.GetProperty("processed").GetInt64(), Is.EqualTo(2));
            Assert.That(reply.ReturnValue.GetProperty("delivered").GetInt64(), Is.EqualTo(1));
            Assert.That(reply.ExecutionTime, Is.EqualTo(TimeSpan.FromSeconds(1.25)));
        }
    }

    [Test]
    public void Half_a_surrogate_pair_stays_escaped()
    {
        var reply = JobReply.Parse(
            """{"is_err": true, "return_value": null, "error": {"exc_type": "OSError", "exc_message": ["no file \udc80", "\ud83d\ude00"]}}"""u8);

        Assert.That(reply.Error!.Messages, Is.EqualTo(["""no file \udc80""", "😀"]));
    }

    [Test]
    public void A_failure_says_why_down_to_its_cause()
    {
        var error = new JobError("ValueError", ["no such user"], "builtins", new JobError("KeyError", ["'id'"], "builtins"));

        var reply = JobReply.Parse(JobResult.Failure(error, TimeSpan.Zero, JobLabels.Empty).ToUtf8());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(reply.IsSuccess, Is.False);
            Assert.That(reply.ReturnValue.ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That((reply.Error!.Type, reply.Error.Module), Is.EqualTo(("ValueError", "builtins")));
            Assert.That(reply.Error.Messages, Is.EqualTo(["no such user"]));
            Assert.That(reply.Error.Cause!.Messages, Is.EqualTo(["'id'"]));
        }
    }

    public static IEnumerable<string> OfTaskiq =>
        Directory.EnumerateFiles(WireFixtures.Folder, "result-*.json").Select(file => Path.GetFileName(file));

    [TestCaseSource(nameof(OfTaskiq))]
    public void Every_result_that_TaskIQ_wrote_in_JSON_is_read(string fixture)
    {
        var json = Encoding.UTF8.GetBytes(WireFixtures.Text(fixture));

        Assert.That(JobReply.Parse(json).IsSuccess, Is.EqualTo(fixture.StartsWith("result-ok", StringComparison.Ordinal)));
    }

    [TestCase("""{"is_err": true, "error": null}""", "Exception")]
    [TestCase("""{"is_err": true, "error": {"exc_type": 1, "exc_message": "plain"}}""", "Exception")]
    [TestCase("""{"is_err": true, "error": {"exc_type": "E", "exc_message": [1, null]}}""", "E")]
    public void An_error_of_another_form_is_an_error_all_the_same(string json, string type) =>
        Assert.That(JobReply.Parse(Encoding.UTF8.GetBytes(json)).Error!.Type, Is.EqualTo(type));

    [TestCase("")]
    [TestCase("1")]
    [TestCase("{}")]
    [TestCase("""{"is_err": "no"}""")]
    [TestCase("\u0080\u0004")]
    public void What_is_no_result_is_refused(string json) => Assert.That(
        () => JobReply.Parse(Encoding.Latin1.GetBytes(json)), Throws.InstanceOf<JsonException>());

    [Test]
    public void A_number_that_JSON_lacks_is_null() => Assert.That(
        JobReply.Parse("""{"is_err": false, "return_value": {"share": NaN}, "execution_time": NaN}"""u8).ReturnValue.GetProperty("share").ValueKind,
        Is.EqualTo(JsonValueKind.Null));
}
