using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Faults.Checking;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Load;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

[Category("Unit")]
internal sealed class PythonRulesTests
{
    private readonly Dictionary<string, ResultState> _results = new(StringComparer.Ordinal)
    {
        ["python"] = new(IsError: false, null, null),
        ["scheduled"] = new(IsError: true, null, null),
        ["ours"] = new(IsError: false, null, null),
    };

    private readonly Dictionary<string, bool?> _bare = new(StringComparer.Ordinal) { ["python"] = false, ["scheduled"] = true };
    private readonly List<KeyState> _keys = [new($"{TimeSchedules.Entries}unknown", "String", Expires: false, 1)];

    [Test]
    public void Results_where_they_belong_break_nothing() => Assert.That(Check(), Is.Empty);

    [TestCase("python")]
    [TestCase("scheduled")]
    public void A_result_that_is_not_at_the_bare_key_of_a_Python_producers_job_is_a_broken_promise(string id)
    {
        _bare.Remove(id);

        Assert.That(Check().Select(violation => (violation.Rule, violation.Subject)), Is.EqualTo(new[] { (RuleName.Unanswered, id) }));
    }

    [TestCase(null)]
    [TestCase(true)]
    public void So_is_one_that_cannot_be_read_or_says_something_else(bool? isError)
    {
        _bare["python"] = isError;

        Assert.That(Check().Select(violation => (violation.Rule, violation.Subject)), Is.EqualTo(new[] { (RuleName.Unanswered, "python") }));
    }

    [Test]
    public void So_is_a_bare_key_that_no_Python_producer_waits_at()
    {
        _bare["ours"] = false;

        Assert.That(Check().Select(violation => (violation.Rule, violation.Subject)), Is.EqualTo(new[] { (RuleName.Unanswered, "ours") }));
    }

    [Test]
    public void An_entry_by_time_that_is_left_is_a_broken_promise()
    {
        _keys.Add(new($"{TimeSchedules.Entries}scheduled", "String", Expires: false, 1));

        Assert.That(Check().Select(violation => violation.Rule), Is.EqualTo(new[] { RuleName.MissedFire }));
    }

    [Test]
    public void The_entries_of_the_load_are_read_alike_in_both_forms()
    {
        var entry = new PythonEntry("job-5-1", new DateTimeOffset(2026, 11, 28, 14, 5, 6, 789, TimeSpan.Zero), SleepMs: 120);

        var json = Read(entry.ToJson());
        var pickle = Read(entry.ToPickle());

        Assert.That(json.Timing, Is.EqualTo(new ScheduleTiming.At(entry.At)));
        Assert.That(pickle.Timing, Is.EqualTo(json.Timing));
        Assert.That(pickle.ToMessage("").ToText(), Is.EqualTo(json.ToMessage("").ToText()));
        Assert.That(entry.Minute, Is.EqualTo("2026-11-28T14:05"));
    }

    private static ScheduleEntry Read(byte[] bytes) =>
        ScheduleEntryReader.TryRead(bytes, out var entry, out var problem) ? entry : throw new InvalidOperationException(problem);

    private List<Violation> Check()
    {
        var evidence = new Evidence(
            [
                new(1, HistoryKind.EnqueueAcknowledged) { TaskId = "python", Detail = "lpush" },
                new(2, HistoryKind.EnqueueAcknowledged) { TaskId = "scheduled", Detail = TimeSchedules.How },
                new(3, HistoryKind.EnqueueAcknowledged) { TaskId = "ours", Detail = "producer" },
                new(4, HistoryKind.EnqueueUnknown) { TaskId = "unknown", Detail = TimeSchedules.How },
            ],
            new FinalState { Results = _results, BareResults = _bare, Keys = _keys },
            [], []);
        return [.. PythonRules.Unanswered(evidence), .. PythonRules.Left(evidence)];
    }
}
