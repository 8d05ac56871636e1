using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed partial class JsonLineFormatterTests : IDisposable
{
    private static readonly Action<ILogger, object?, Exception?> LogAnything =
        LoggerMessage.Define<object?>(LogLevel.Information, new EventId(1, "valued"), "It is {Value}");

    private readonly LogLines _lines = new();

    private ILogger Logger => _lines.Factory.CreateLogger("Dashtam.Jobs.Core.Execution.JobExecutor");

    public void Dispose() => _lines.Dispose();

    [Test]
    public void A_line_starts_with_when_how_bad_what_and_who()
    {
        LogJobSucceeded(Logger, "run_canary", "a-b", 2, 12.5);

        var line = _lines.Single();
        using (Assert.EnterMultipleScope())
        {
            var names = line.EnumerateObject().Select(field => field.Name).ToList();
            Assert.That(names.Take(5), Is.EqualTo(["timestamp", "level", "event", "message", "logger"]));
            Assert.That(names.Skip(5), Is.EquivalentTo(["job", "task_id", "attempt", "elapsed_ms"]));
            Assert.That(line.GetProperty("timestamp").GetString(), Does.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"));
            Assert.That(line.GetProperty("level").GetString(), Is.EqualTo("info"));
            Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("job_succeeded"));
            Assert.That(
                line.GetProperty("message").GetString(),
                Is.EqualTo("run_canary a-b succeeded in attempt 2 after 12.5 ms"));
            Assert.That(line.GetProperty("logger").GetString(), Is.EqualTo("Dashtam.Jobs.Core.Execution.JobExecutor"));
            Assert.That(line.GetProperty("attempt").GetInt32(), Is.EqualTo(2));
            Assert.That(line.GetProperty("elapsed_ms").GetDouble(), Is.EqualTo(12.5));
        }
    }

    [TestCase("Microsoft.Extensions.Hosting.Lifetime", "lifetime")]
    [TestCase("Dashtam.Jobs.Worker.QueuePump", "queue_pump")]
    [TestCase("startup", "startup")]
    [TestCase("", "log")]
    public void A_line_of_somebody_who_names_no_event_has_one_too(string source, string name)
    {
        LogUnnamed(_lines.Factory.CreateLogger(source), default, "said");

        Assert.That(_lines.Single().GetProperty("event").GetString(), Is.EqualTo(name));
    }

    [Test]
    public void An_event_named_in_another_style_is_spelled_in_ours()
    {
        LogUnnamed(Logger, new EventId(7, "ListeningOnAddress"), "said");

        Assert.That(_lines.Single().GetProperty("event").GetString(), Is.EqualTo("listening_on_address"));
    }

    [TestCase(LogLevel.Warning, "warning")]
    [TestCase(LogLevel.Error, "error")]
    [TestCase(LogLevel.Critical, "critical")]
    public void Levels_have_the_names_of_the_setting(LogLevel level, string name)
    {
        LogAt(Logger, level, "said");

        Assert.That(_lines.Single().GetProperty("level").GetString(), Is.EqualTo(name));
    }

    [TestCase("one\ntwo\r\nthree\u2028four\u0085five")]
    [TestCase("\"quoted\" \\ \t \u0000 \u001b[31m")]
    [TestCase("Zoë 💸 漢字")]
    public void Whatever_a_message_holds_it_stays_on_one_line_and_comes_back(string text)
    {
        LogAt(Logger, LogLevel.Information, text);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_lines.Lines.Single().Where(char.IsControl), Is.Empty);
            Assert.That(_lines.Single().GetProperty("text").GetString(), Is.EqualTo(text));
            Assert.That(_lines.Single().GetProperty("message").GetString(), Is.EqualTo($"It says: {text}"));
        }
    }

    [TestCase(1_000_000, "x")]
    [TestCase(1_000_000, "\u0001")] // six bytes each in JSON
    [TestCase(300_000, "漢")]
    [TestCase(300_000, "💸")]
    public void A_line_is_never_longer_than_Docker_takes_in_one_piece(int length, string unit)
    {
        LogFailedAt(Logger, new InvalidOperationException(Repeated(unit, length)), "id-1", Repeated(unit, length));

        var line = _lines.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(System.Text.Encoding.UTF8.GetByteCount(_lines.Lines.Single()), Is.LessThan(16 * 1024));
            Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("anything_failed_at"));
            Assert.That(line.GetProperty("task_id").GetString(), Is.EqualTo("id-1"), "what is short stays whole");
            Assert.That(line.GetProperty("text").GetString(), Does.StartWith(unit).And.EndsWith(" more bytes)"));
        }
    }

    [Test]
    public void A_line_with_more_properties_than_fit_keeps_its_first_fields_and_says_so()
    {
        var many = Enumerable.Range(0, 5_000).ToDictionary(number => $"Property{number}", number => (object)number, StringComparer.Ordinal);
        using (Logger.BeginScope(many))
        {
            LogAt(Logger, LogLevel.Warning, "said");
        }

        var line = _lines.Single();
        Assert.That(line.GetProperty("message").GetString(), Is.EqualTo("It says: said"));
        Assert.That(line.GetProperty("properties_dropped").GetBoolean(), Is.True);
        Assert.That(_lines.Lines.Single(), Has.Length.LessThan(16 * 1024));
    }

    [Test]
    public void Half_a_surrogate_pair_does_not_lose_the_line()
    {
        LogAt(Logger, LogLevel.Information, "\ud83d!");

        Assert.That(_lines.Single().GetProperty("text").GetString(), Is.EqualTo("\ufffd!"));
    }

    [Test]
    public void An_exception_is_text_on_the_same_line()
    {
        LogFailed(Logger, new InvalidOperationException("first\nsecond", new TimeoutException("inner")));

        var text = _lines.Single().GetProperty("exception").GetString();
        Assert.That(text, Does.Contain("InvalidOperationException: first\nsecond").And.Contains("TimeoutException: inner"));
    }

    [Test]
    public void Properties_of_scopes_are_in_each_line_below_them()
    {
        using (Logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["TaskId"] = "a-b", ["Attempt"] = 3 }))
        {
            LogAt(Logger, LogLevel.Information, "said");
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_lines.Single().GetProperty("task_id").GetString(), Is.EqualTo("a-b"));
            Assert.That(_lines.Single().GetProperty("attempt").GetInt32(), Is.EqualTo(3));
        }
    }

    [TestCase(double.NaN, "\"NaN\"")]
    [TestCase(double.PositiveInfinity, "\"Infinity\"")]
    [TestCase(float.NegativeInfinity, "\"-Infinity\"")]
    [TestCase(1.5f, "1.5")]
    [TestCase(long.MinValue, "-9223372036854775808")]
    [TestCase(ulong.MaxValue, "18446744073709551615")]
    [TestCase(true, "true")]
    [TestCase(null, "null")]
    [TestCase(DayOfWeek.Friday, "\"Friday\"")]
    [TestCase('x', "\"x\"")]
    public void A_value_keeps_its_type_where_json_has_it(object? value, string json)
    {
        LogAnything(Logger, value, null);

        Assert.That(_lines.Single().GetProperty("value").GetRawText(), Is.EqualTo(json));
    }

    [Test]
    public void Instants_are_in_utc()
    {
        var instant = new DateTimeOffset(2026, 3, 1, 1, 30, 0, TimeSpan.FromHours(2));

        LogAnything(Logger, instant, null);

        Assert.That(_lines.Single().GetProperty("value").GetString(), Is.EqualTo("2026-02-28T23:30:00.000000Z"));
    }

    [Test]
    public void Lists_and_dictionaries_become_arrays_and_objects()
    {
        var value = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Ids"] = Enumerable.Range(1, 2), ["None"] = null };

        LogAnything(Logger, value, null);

        Assert.That(_lines.Single().GetProperty("value").GetRawText(), Is.EqualTo("""{"Ids":[1,2],"None":null}"""));
    }

    [Test]
    public void No_property_hides_a_field_and_no_name_is_written_twice()
    {
        LogConfusing(Logger, "mine", "one", "two");

        var fields = _lines.Single().EnumerateObject().Select(field => (field.Name, Text: field.Value.GetString())).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fields.Select(field => field.Name), Is.Unique);
            Assert.That(fields, Has.Member(("property_event", "mine")));
            Assert.That(
                fields.Where(field => field.Name.EndsWith("job_key", StringComparison.Ordinal)).Select(field => field.Text),
                Is.EquivalentTo(["one", "two"]));
        }
    }

    [LoggerMessage(EventName = "job_succeeded", Level = LogLevel.Information,
        Message = "{Job} {TaskId} succeeded in attempt {Attempt} after {ElapsedMs} ms")]
    private static partial void LogJobSucceeded(ILogger logger, string job, string taskId, int attempt, double elapsedMs);

    [LoggerMessage(EventName = "said", Message = "It says: {Text}")]
    private static partial void LogAt(ILogger logger, LogLevel level, string text);

    [LoggerMessage(EventName = "failed", Level = LogLevel.Error, Message = "It failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventName = "confused", Level = LogLevel.Information, Message = "{Event} {JobKey} {Job_Key}")]
    private static partial void LogConfusing(ILogger logger, string @event, string jobKey, string job_Key);

    private static void LogUnnamed(ILogger logger, EventId id, string text) =>
        logger.Log(LogLevel.Information, id, text, exception: null, (state, _) => state);

    private static string Repeated(string unit, int times) => string.Concat(Enumerable.Repeat(unit, times));

    [LoggerMessage(EventName = "anything_failed_at", Level = LogLevel.Error, Message = "{TaskId} failed: {Text}")]
    private static partial void LogFailedAt(ILogger logger, Exception exception, string taskId, string text);
}
