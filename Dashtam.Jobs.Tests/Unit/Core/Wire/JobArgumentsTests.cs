using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class JobArgumentsTests
{
    [Test]
    public void Keywords_bind_by_name_and_positional_arguments_in_order()
    {
        var bound = Parse("[50]", """{"echo": [1, 2]}""").Bind<SelfTest>();

        Assert.That(bound.SleepMs, Is.EqualTo(50));
        Assert.That(bound.Echo?.GetRawText(), Is.EqualTo("[1, 2]"));
    }

    [Test]
    public void What_is_not_given_has_its_default()
    {
        var bound = JobArguments.None.Bind<SelfTest>();

        Assert.That(bound, Is.EqualTo(new SelfTest(7, null)));
    }

    [Test]
    public void All_types_that_jobs_take_bind()
    {
        var id = Guid.NewGuid();

        var bound = Parse("[]", $$$"""
            {"id": "{{{id}}}", "count": 3, "big": 9223372036854775807, "ratio": 1e-07, "flag": true, "text": "\u017c",
             "items": [1, 2], "nested": {"deep_name": {"x": 18446744073709551616}}, "when": "2026-01-02T03:04:05Z"}
            """).Bind<Everything>();

        Assert.That(bound.Id, Is.EqualTo(id));
        Assert.That((bound.Count, bound.Big, bound.Ratio, bound.Flag, bound.Text), Is.EqualTo((3, long.MaxValue, 1e-07, true, "ż")));
        Assert.That(bound.Items, Is.EqualTo([1, 2]).AsCollection);
        Assert.That(bound.Nested.DeepName.GetRawText(), Is.EqualTo("""{"x": 18446744073709551616}"""));
        Assert.That(bound.When, Is.EqualTo(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
    }

    [TestCase("18446744073709551616", "18446744073709551616")]
    [TestCase("\"\\ud800\"", "\"\\ud800\"")]
    [TestCase("NaN", "null")]
    [TestCase("{\"a\": [-Infinity, \"NaN, \\\" NaN\", NaN]}", "{\"a\": [null, \"NaN, \\\" NaN\", null]}")]
    [TestCase("-0.0", "-0.0")]
    [TestCase("null", "null")]
    public void Any_JSON_reaches_a_property_that_takes_it(string json, string expected)
    {
        var byKeyword = Parse("[]", $"{{\"value\": {json}}}").Bind<AnyValue>();
        var byPosition = Parse($"[{json}]", "{}").Bind<AnyValue>();

        Assert.That(byKeyword.Value.GetRawText(), Is.EqualTo(expected));
        Assert.That(byPosition.Value.GetRawText(), Is.EqualTo(expected));
    }

    [TestCase("[]", """{"nonsense": 1}""", "unexpected keyword argument 'nonsense'; allowed: sleep_ms, echo")]
    [TestCase("[]", """{"SleepMs": 1}""", "unexpected keyword argument 'SleepMs'")]
    [TestCase("[1, 2, 3]", "{}", "takes at most 2 positional arguments (sleep_ms, echo), but 3 were given")]
    [TestCase("[1]", """{"sleep_ms": 1}""", "multiple values for argument 'sleep_ms'")]
    [TestCase("[]", """{"sleep_ms": "1"}""", "argument 'sleep_ms' must be an integer within Int32; got text")]
    [TestCase("[]", """{"sleep_ms": 2147483648}""", "argument 'sleep_ms' must be an integer within Int32; got a number")]
    [TestCase("[1.5]", "{}", "argument 'sleep_ms' must be an integer within Int32; got a number")]
    [TestCase("[null]", "{}", "argument 'sleep_ms' must be an integer within Int32; got null")]
    [TestCase("[NaN]", "{}", "argument 'sleep_ms' must be an integer within Int32; got a number")]
    public void Arguments_that_do_not_fit_are_named(string args, string kwargs, string expected)
    {
        var arguments = Parse(args, kwargs);

        Assert.That(() => arguments.Bind<SelfTest>(), Throws.TypeOf<JobArgumentException>().With.Message.Contains(expected));
    }

    [TestCase("[]", "{}", "missing required arguments: 'user_id', 'note'")]
    [TestCase("[]", """{"note": "x"}""", "missing required argument: 'user_id'")]
    [TestCase("[\"x\", \"y\"]", "{}", "argument 'user_id' must be a UUID; got text")]
    [TestCase("[]", """{"user_id": "00000000-0000-0000-0000-000000000000", "note": null}""", "argument 'note' must be text; got null")]
    [TestCase("[]", """{"user_id": "00000000-0000-0000-0000-000000000000", "note": "\ud800"}""", "argument 'note' must be text; got text")]
    [TestCase("[]", """{"user_id": "00000000-0000-0000-0000-000000000000", "note": "", "limit": {"max": "x"}}""",
        "argument 'limit' must be an object of the right fields; got an object (at .max)")]
    [TestCase("[]", """{"user_id": "00000000-0000-0000-0000-000000000000", "note": "", "limit": {"more": 1}}""", "argument 'limit'")]
    [TestCase("[]", """{"user_id": "00000000-0000-0000-0000-000000000000", "note": "", "limit": {"\ud800": 1}}""", "argument 'limit'")]
    [TestCase("[]", """{"user_id": "00000000-0000-0000-0000-000000000000", "note": "", "tags": {"\ud800": 1}}""", "argument 'tags'")]
    public void Required_arguments_and_inner_fields_are_checked(string args, string kwargs, string expected)
    {
        var arguments = Parse(args, kwargs);

        Assert.That(() => arguments.Bind<Required>(), Throws.TypeOf<JobArgumentException>().With.Message.Contains(expected));
    }

    [Test]
    public void A_job_without_parameters_takes_none()
    {
        Assert.That(() => Parse("[1]", "{}").Bind<Nothing>(), Throws.TypeOf<JobArgumentException>());
        Assert.That(() => Parse("[]", "{\"a\": 1}").Bind<Nothing>(),
            Throws.TypeOf<JobArgumentException>().With.Message.Contains("allowed: none"));
        Assert.That(JobArguments.None.Bind<Nothing>(), Is.Not.Null);
    }

    [Test]
    public void A_value_that_the_type_itself_refuses_is_no_fit() =>
        Assert.That(() => Parse("[-1]", "{}").Bind<Positive>(),
            Throws.TypeOf<JobArgumentException>().With.Message.Contains("must not be negative"));

    [Test]
    public void A_computed_property_is_no_parameter()
    {
        Assert.That(() => Parse("[]", "{\"twice\": 1}").Bind<Computed>(),
            Throws.TypeOf<JobArgumentException>().With.Message.EndsWith("allowed: once, thrice"));
        Assert.That(Parse("[1, 5]", "{}").Bind<Computed>(), Is.EqualTo(new Computed { Once = 1, Thrice = 5 }));
    }

    [Test]
    public void A_keyword_that_the_JSON_repeats_has_its_last_value() =>
        Assert.That(Parse("[]", """{"sleep_ms": "x", "sleep_ms": 2}""").Bind<SelfTest>().SleepMs, Is.EqualTo(2));

    [Test]
    public void What_a_producer_sends_binds_again()
    {
        var sent = new Required(Guid.NewGuid(), "żółć \ud83d\ude00") { Limit = new(5) };

        var arguments = JobArguments.From<object>(sent);

        Assert.That(arguments.Bind<Required>(), Is.EqualTo(sent));
        Assert.That(Encoding.UTF8.GetString(arguments.Keywords.Span), Does.EndWith(
            """ "note": "\u017c\u00f3\u0142\u0107 \ud83d\ude00", "limit": {"max": 5}, "tags": null}"""));
        Assert.That(arguments.IsEmpty, Is.False);
    }

    [Test]
    public void Only_named_properties_can_be_sent() =>
        Assert.That(() => JobArguments.From(new List<int>()), Throws.ArgumentException);

    [TestCase("", "{}", "positional arguments: empty")]
    [TestCase("{}", "{}", "positional arguments must be an array, not an object")]
    [TestCase("[]", "[]", "keyword arguments must be an object, not an array")]
    [TestCase("[]", "{\"a\"}", "keyword arguments: not valid JSON")]
    public void Arguments_from_elsewhere_are_checked(string args, string kwargs, string expected) =>
        Assert.That(() => Parse(args, kwargs), Throws.TypeOf<JobArgumentException>().With.Message.Contains(expected));

    [TestCase(" [ ] ", "{\n}", true)]
    [TestCase("[0]", "{}", false)]
    [TestCase("[]", "{\"a\": 0}", false)]
    public void Arguments_know_whether_there_are_any(string args, string kwargs, bool expected) =>
        Assert.That(Parse(args, kwargs).IsEmpty, Is.EqualTo(expected));

    private static JobArguments Parse(string args, string kwargs) =>
        JobArguments.Parse(Encoding.UTF8.GetBytes(args), Encoding.UTF8.GetBytes(kwargs));

    private sealed record SelfTest(int SleepMs = 7, JsonElement? Echo = null);

    private sealed record AnyValue(JsonElement Value);

    private sealed record Nothing;

    private sealed record Limit(int Max);

    private sealed record Required(Guid UserId, string Note)
    {
        public Limit? Limit { get; init; }

        public Dictionary<string, int>? Tags { get; init; }
    }

    private sealed record Computed
    {
        public required int Once { get; init; }

        public int Twice => Once * 2;

        public int Thrice { get; init; }
    }

    private sealed record Positive
    {
        public Positive(int count)
        {
            Count = count >= 0 ? count : throw new ArgumentException("count must not be negative", nameof(count));
        }

        public int Count { get; }
    }

    private sealed record Inner(JsonElement DeepName);

    private sealed record Everything(
        Guid Id, int Count, long Big, double Ratio, bool Flag, string Text, List<int> Items, Inner Nested, DateTimeOffset When);
}
