using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

/// <summary>What messages of Python producers mean here, one capture after the other.</summary>
[Category("Unit")]
public sealed class CapturedMessageTests
{
    [TestCase("message-args-every-json-type.json")]
    [TestCase("message-args-numbers.json")]
    [TestCase("message-args-python-types.json")]
    [TestCase("message-args-unicode.json")]
    [TestCase("message-args-nan-infinity.json")]
    public void A_job_that_returns_its_arguments_returns_them_as_Python_wrote_them(string file)
    {
        var arguments = WireFixtures.Message(file).Arguments;
        var args = Encoding.UTF8.GetString(arguments.Positional.Span);

        var result = JobResult.FromJson(arguments.Positional.ToArray(), TimeSpan.Zero, JobLabels.Empty).ToText();

        Assert.That(WireFixtures.Text(file), Does.Contain($"\"args\": {args}, "));
        Assert.That(result, Does.Contain($"\"return_value\": {args}, "));
    }

    [Test]
    public void Python_s_types_fit_a_job_s_arguments()
    {
        var arguments = WireFixtures.Message("message-args-python-types.json").Arguments;

        var bound = ArgumentBinder<PythonTypes>.Bind(arguments);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bound.Utc, Is.EqualTo(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
            Assert.That(bound.Zoned, Is.EqualTo(new DateTimeOffset(2026, 1, 2, 1, 4, 5, TimeSpan.Zero).AddMicroseconds(678_900)));
            Assert.That(bound.Naive, Is.EqualTo(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified)));
            Assert.That(bound.Date, Is.EqualTo(new DateOnly(2026, 1, 2)));
            Assert.That(bound.Duration, Is.EqualTo("PT1H2S"));
            Assert.That(bound.Id, Is.EqualTo(Guid.Parse("01234567-89ab-7def-8123-456789abcdef")));
            Assert.That((bound.Amount, bound.Bytes), Is.EqualTo(("1.10", "bytes")));
            Assert.That(bound.Pair, Is.EqualTo(new[] { 1, 2 }));
            Assert.That(bound.Set, Is.EqualTo(new[] { 3 }));
            Assert.That(bound.Model.GetProperty("amount").GetString(), Is.EqualTo("9.90"));
        }
    }

    [Test]
    public void The_edges_of_numbers_fit_a_job_s_arguments()
    {
        var numbers = JsonElement.Parse(Encoding.UTF8.GetString(WireFixtures.Message("message-args-numbers.json").Arguments.Positional.Span));

        Assert.That(numbers[5].GetInt64(), Is.EqualTo(long.MaxValue));
        Assert.That(numbers[6].GetInt64(), Is.EqualTo(long.MinValue));
        Assert.That(numbers[8].GetRawText(), Is.EqualTo("1" + new string('0', 40)));
        Assert.That(numbers[11].GetDouble(), Is.EqualTo(double.Epsilon));
        Assert.That(double.IsNegative(numbers[12].GetDouble()), Is.True);
    }

    [TestCase("message-check-expiring-tokens.json", "check_expiring_tokens")]
    [TestCase("message-check-expiring-sessions.json", "check_expiring_sessions")]
    [TestCase("message-fired-by-label-schedule.json", "check_expiring_tokens")]
    [TestCase("message-fired-by-taskiq-scheduler.json", "check_expiring_tokens")]
    public void A_message_of_the_Python_service_finds_its_job_with_its_labels(string file, string job)
    {
        var catalog = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);

        var message = WireFixtures.Message(file);

        Assert.That(catalog.Find(message.TaskName)?.Name, Is.EqualTo(job));
        Assert.That(message.Labels.RetryOnError, Is.True);
        Assert.That(message.Labels.MaxRetries, Is.EqualTo(3));
    }

    [TestCase("message-fired-by-label-schedule.json", "token_expiry_check")]
    [TestCase("message-fired-by-taskiq-scheduler.json", "cb22e4c3c670402c8648952cef7f5d8d")]
    public void What_TaskIQ_s_scheduler_fired_is_watched_by_no_schedule_of_ours(string file, string id)
    {
        var labels = WireFixtures.Message(file).Labels;

        Assert.That(labels.Text(ScheduleLabels.Id), Is.EqualTo(id));
        Assert.That(ScheduleLabels.ScheduleThatWatches(labels), Is.Null);
        Assert.That(ScheduleLabels.ScheduleThatReplaces(labels), Is.Null);
    }

    [Test]
    public void A_label_that_sends_a_message_to_another_list_has_done_so_and_is_kept()
    {
        var message = WireFixtures.Message("message-label-queue-name-lands-on-other-list.json");

        var retried = WireFixtures.Parse((message with { Labels = message.Labels.WithFailedAttempts(1) }).ToUtf8());

        Assert.That(retried.Labels.Text("queue_name"), Is.EqualTo("other:queue"));
        Assert.That(message.ToText(), Is.EqualTo(WireFixtures.Text("message-label-queue-name-lands-on-other-list.json")));
    }

    [Test]
    public void Labels_of_a_requeued_message_are_native_and_stay_so()
    {
        var message = WireFixtures.Message("message-requeued-by-context.json");

        var retried = message with { Labels = message.Labels.WithFailedAttempts(1) };

        Assert.That((message.Labels.RetryOnError, message.Labels.MaxRetries), Is.EqualTo((true, 3)));
        Assert.That(retried.ToText(), Does.Contain(
            """
            "labels": {"retry_on_error": true, "max_retries": 3, "ratio": 0.5, "X-Taskiq-requeue": "1", "_retries": "1"}
            """));
    }

    private sealed record PythonTypes(
        DateTimeOffset Utc, DateTimeOffset Zoned, DateTime Naive, DateOnly Date, string Duration, Guid Id, string Amount, string Bytes,
        int[] Pair, int[] Set, JsonElement Model);
}
