using System.Text.Json;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class JobErrorTests
{
    private const string ProviderModule = "example_worker.errors";

    private static IEnumerable<TestCaseData> Captures()
    {
        yield return new("result-error-no-message.json", new JobError("RuntimeError", [], "builtins"));
        yield return new("result-error-rejected.json", new JobError("TaskRejectedError", ["Task was rejected"], "taskiq.exceptions"));
        yield return new("result-error-unexpected-keyword.json", new JobError(
            "TypeError", ["check_expiring_tokens__taskiq_original() got an unexpected keyword argument 'nonsense'"], "builtins"));
        yield return new("result-error-missing-argument.json", new JobError(
            "TypeError", ["slow__taskiq_original() missing 1 required positional argument: 'seconds'"], "builtins"));
        yield return new("result-error-unserialisable-argument.json", new JobError(
            "ValueError", ["has an object", "<object object at 0x7f94dcd23a00>"], "builtins"));
        yield return new("result-error-with-cause.json", new JobError(
            "ProviderError", ["wrapped"], ProviderModule, new("KeyError", ["k"], "builtins")));
        yield return new("result-error-with-context.json", new JobError("ProviderError", ["while handling"], ProviderModule)
        {
            Context = new("ZeroDivisionError", ["division by zero"], "builtins"),
        });
        yield return new("result-error-raised-from-none.json", new JobError("ProviderError", ["suppressed"], ProviderModule)
        {
            SuppressContext = true,
        });
    }

    [TestCaseSource(nameof(Captures))]
    public void An_error_is_written_as_TaskIQ_writes_it(string file, JobError error)
    {
        var result = JobResult.Failure(error, TimeSpan.Zero, JobLabels.Empty);

        Assert.That(result.ToText(), Is.EqualTo(WireFixtures.Text(file)));
    }

    [TestCase("result-error-valueerror.json", "42")]
    [TestCase("result-error-custom-class.json", "{\"status\": 502}")]
    public void An_argument_of_an_exception_is_text_here_and_all_else_is_as_TaskIQ_writes_it(string file, string argument)
    {
        var original = JsonElement.Parse(WireFixtures.Text(file)).GetProperty("error");
        var error = new JobError(
            original.GetProperty("exc_type").GetString()!,
            [original.GetProperty("exc_message")[0].GetString()!, argument],
            original.GetProperty("exc_module").GetString());

        var result = JobResult.Failure(error, TimeSpan.Zero, JobLabels.Empty);

        var quoted = $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        Assert.That(
            result.ToText(), Is.EqualTo(WireFixtures.Text(file).Replace(argument, quoted, StringComparison.Ordinal)));
    }

    [Test]
    public void A_timeout_is_written_as_TaskIQ_writes_it()
    {
        var labels = WireFixtures.Envelope("""{"timeout": "0.2"}""", """{"timeout": 4}""").Labels;
        var error = new JobError("TimeoutError", [], "builtins")
        {
            Context = new("CancelledError", ["Cancelled via cancel scope 7f94d8316780; reason: deadline exceeded"], "asyncio.exceptions"),
        };

        var result = JobResult.Failure(error, TimeSpan.FromMilliseconds(211), labels);

        Assert.That(result.ToText(), Is.EqualTo(WireFixtures.Text("result-error-timeout.json")));
    }

    [Test]
    public void A_timeout_says_how_long_it_was()
    {
        var error = JobError.Timeout(TimeSpan.FromSeconds(2.5));

        Assert.That((error.Type, error.Module), Is.EqualTo(("TimeoutError", "builtins")));
        Assert.That(error.Messages, Is.EqualTo(["cancelled at its timeout of 2.5 seconds"]).AsCollection);
    }

    private static IEnumerable<TestCaseData> Exceptions()
    {
        yield return new(new TimeoutException("m"), "TimeoutError", "builtins");
        yield return new(new JobArgumentException("m"), "TypeError", "builtins");
        yield return new(new ArgumentException("m", paramName: null), "ValueError", "builtins");
        yield return new(new ArgumentNullException(null, "m"), "ValueError", "builtins");
        yield return new(new InvalidOperationException("m"), "RuntimeError", "builtins");
        yield return new(new ObjectDisposedException(null, "m"), "ObjectDisposedException", "System");
        yield return new(new JsonException("m"), "JsonException", "System.Text.Json");
        yield return new(new ProviderException("m"), "JobErrorTests.ProviderException", "Dashtam.Jobs.Tests.Unit.Core.Wire");
        yield return new(new NowhereException("m"), "NowhereException", "dotnet");
        yield return new(new json.DecodeException("m"), "DecodeException", "dotnet.json");
    }

    [TestCaseSource(nameof(Exceptions))]
    public void An_exception_has_a_name_that_the_client_can_rebuild(Exception exception, string type, string module)
    {
        var error = JobError.From(exception);

        Assert.That((error.Type, error.Module), Is.EqualTo((type, module)));
        Assert.That(error.Messages, Is.EqualTo(["m"]).AsCollection);
    }

    [Test]
    public void An_inner_exception_is_the_cause()
    {
        var error = JobError.From(new TimeoutException("outer", new InvalidOperationException("inner")));

        Assert.That(error.Cause?.Type, Is.EqualTo("RuntimeError"));
        Assert.That(error.Cause?.Messages, Is.EqualTo(["inner"]).AsCollection);
        Assert.That(error.SuppressContext, Is.True);
    }

    [Test]
    public void Causes_end_at_ten_levels()
    {
        var exception = Enumerable.Range(0, 50).Aggregate<int, Exception?>(null, (inner, i) => new ProviderException($"{i}", inner));

        var error = JobError.From(exception!);

        Assert.That(Levels(error), Is.EqualTo(10));
    }

    [Test]
    public void A_long_message_is_cut_between_characters()
    {
        var error = JobError.From(new ProviderException(new string('a', 8191) + "😀" + new string('b', 100_000)));

        Assert.That(error.Messages[0], Is.EqualTo(new string('a', 8191) + "…"));
    }

    [Test]
    public void An_exception_without_message_has_no_arguments() =>
        Assert.That(JobError.From(new ProviderException("")).Messages, Is.Empty);

    private static int Levels(JobError? error) => error is null ? 0 : 1 + Levels(error.Cause);

    private sealed class ProviderException(string message, Exception? inner = null) : Exception(message, inner);
}
