using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue;

[Category("Unit")]
internal sealed class QueueOptionsValidatorTests
{
    private const string Usual = "dashtam:jobs";

    [TestCase("{queue}")]
    [TestCase("{queue}:dead")]
    [TestCase("{queue}:once")]
    [TestCase("{queue}:worker")]
    [TestCase("{queue}:processing:w")]
    [TestCase("{queue}:stats")]
    [TestCase("{dashtam:jobs}")]
    [TestCase("{another}")]
    [TestCase("{another}:once:id")]
    [TestCase("dashtam")]
    [TestCase("sse")]
    [TestCase("sse:stream")]
    [TestCase("{sse}")]
    [TestCase("{sse}:notice")]
    [TestCase("schedule")]
    [TestCase("schedule:x")]
    public void A_prefix_under_which_another_key_falls_is_refused(string prefix) =>
        Assert.That(Problem(Usual, prefix), Does.StartWith("JOB_RESULT_PREFIX: ").And.Contain($"'{prefix}'").And.Contain("allowed is"));

    [TestCase("results:1", "results")]
    [TestCase("taskiq:result:1", "taskiq:result")]
    public void A_queue_whose_name_is_a_result_s_is_refused(string queue, string prefix) =>
        Assert.That(Problem(queue, prefix), Does.StartWith("JOB_RESULT_PREFIX: "));

    [TestCase(Usual, "dashtam")]
    [TestCase(Usual, "dashtam:jobs")]
    [TestCase(Usual, "taskiq")]
    [TestCase(Usual, "taskiq:result:x")]
    [TestCase(Usual, "sse")]
    [TestCase(Usual, "sse:user")]
    [TestCase("schedule:jobs", "schedule")]
    public void A_prefix_of_Python_s_schedules_under_which_another_key_falls_is_refused(string queue, string prefix) => Assert.That(
        Problem(("JOBS_QUEUE_NAME", queue), ("JOBS_TASKIQ_SCHEDULES", prefix)),
        Does.StartWith($"JOBS_TASKIQ_SCHEDULES: '{prefix}'").And.Contain("allowed is"));

    [TestCase("{dashtam}")]
    [TestCase(" schedule")]
    [TestCase("sche\ndule")]
    public void A_prefix_of_Python_s_schedules_is_a_plain_name(string prefix) => Assert.That(
        Problem(("JOBS_TASKIQ_SCHEDULES", prefix)), Does.StartWith("JOBS_TASKIQ_SCHEDULES: ").And.Contain("allowed is at most 200"));

    [TestCase(null, "schedule")]
    [TestCase("", "")]
    [TestCase("my:schedules", "my:schedules")]
    public void An_empty_prefix_switches_Python_s_schedules_off_and_none_at_all_does_not(string? set, string prefix)
    {
        var environment = set is null ? Array.Empty<(string, string)>() : [("JOBS_TASKIQ_SCHEDULES", set)];

        Assert.That(Bound(environment).SchedulesPrefix, Is.EqualTo(prefix));
        Assert.That(new ScheduleSource(Options.Create(Bound(environment))).IsOn, Is.EqualTo(prefix.Length > 0));
    }

    [TestCase(Usual, "taskiq:result")]
    [TestCase(Usual, "{queue}:result")]
    [TestCase(Usual, "{queue}:deadly")]
    [TestCase(Usual, "taskiq:{queue}")]
    [TestCase(Usual, "dashtam:jobs")]
    [TestCase(Usual, "das")]
    [TestCase("q", "my results")]
    public void Other_prefixes_are_taken(string queue, string prefix) => Assert.That(Problem(queue, prefix), Is.Null);

    [TestCase(BareResultKey.Json, TaskiqResults.Json, false)]
    [TestCase(BareResultKey.None, TaskiqResults.None, false)]
    [TestCase(null, TaskiqResults.Pickle, false)]
    [TestCase(BareResultKey.Json, null, false)]
    [TestCase(BareResultKey.Json, TaskiqResults.Auto, true)]
    [TestCase(BareResultKey.None, TaskiqResults.Auto, true)]
    [TestCase(BareResultKey.Json, TaskiqResults.Pickle, true)]
    public void The_old_and_the_new_setting_of_bare_keys_may_not_contradict_each_other(
        BareResultKey? old, TaskiqResults? results, bool refused)
    {
        var options = new QueueOptions { BareKey = old, TaskiqResults = results };

        var problem = new QueueOptionsValidator().Validate(name: null, options).FailureMessage;

        Assert.That(problem, refused
            ? Does.StartWith("JOBS_TASKIQ_RESULTS: ").And.Contain("JOB_RESULT_BARE_KEY").And.Contain("allowed is")
            : Is.Null);
    }

    [TestCase(null, null, TaskiqResults.Auto)]
    [TestCase(BareResultKey.Json, null, TaskiqResults.Json)]
    [TestCase(BareResultKey.None, null, TaskiqResults.None)]
    [TestCase(null, TaskiqResults.Pickle, TaskiqResults.Pickle)]
    public void What_is_written_at_bare_keys_follows_from_either_setting(
        BareResultKey? old, TaskiqResults? results, TaskiqResults expected) =>
        Assert.That(new QueueOptions { BareKey = old, TaskiqResults = results }.AtBareKey, Is.EqualTo(expected));

    [Test]
    public void No_task_id_leads_to_a_key_of_the_queue_under_a_prefix_that_is_taken()
    {
        var names = KeyRule.Fixed.Keys.Concat(KeyRule.ByPrefix.Keys.Select(prefix => prefix + "x")).Select(name => $"{{q}}:{name}");
        foreach (var key in names.Append("q"))
        {
            for (var colon = key.IndexOf(':', StringComparison.Ordinal); colon > 0; colon = key.IndexOf(':', colon + 1))
            {
                Assert.That(Problem("q", key[..colon]), Is.Not.Null, key);
            }
        }
    }

    [TestCase("JOB_RESULT_PREFIX", "taskiq:result\r")]
    [TestCase("JOB_RESULT_PREFIX", "\"taskiq:result\"")]
    [TestCase("JOB_RESULT_PREFIX", " taskiq:result")]
    [TestCase("JOB_RESULT_PREFIX", "taskiq\u0085result")]
    [TestCase("JOBS_QUEUE_NAME", "'jobs'")]
    [TestCase("JOBS_QUEUE_NAME", "jobs ")]
    [TestCase("JOBS_QUEUE_NAME", "jobs\u00a0")]
    [TestCase("JOBS_QUEUE_NAME", "\ufeffjobs")]
    [TestCase("JOBS_QUEUE_NAME", "jo\u200bbs")]
    [TestCase("JOBS_QUEUE_NAME", "jobs\u007f")]
    [TestCase("JOBS_QUEUE_NAME", "jobs\n")]
    [TestCase("JOBS_QUEUE_NAME", "jo\ufffdbs")]
    [TestCase("JOBS_QUEUE_NAME", " ")]
    [TestCase("JOBS_QUEUE_NAME", "{jobs}")]
    public void A_name_that_programs_would_spell_differently_is_refused(string setting, string value) =>
        Assert.That(Problem((setting, value)), Does.StartWith($"{setting}: ").And.Contain("allowed is 1 to 200 characters"));

    [TestCase("my jobs")]
    [TestCase("aufträge:\U0001f600")]
    public void A_name_may_hold_what_everybody_sees(string name) => Assert.That(Problem(("JOBS_QUEUE_NAME", name)), Is.Null);

    private static string? Problem(string queue, string prefix) => Problem(("JOBS_QUEUE_NAME", queue), ("JOB_RESULT_PREFIX", prefix));

    private static string? Problem(params (string Name, string Value)[] environment)
    {
        try
        {
            _ = Bound(environment);
            return null;
        }
        catch (OptionsValidationException refusal)
        {
            return string.Join(' ', refusal.Failures);
        }
    }

    private static QueueOptions Bound(params (string Name, string Value)[] environment)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.ToDictionary(one => one.Name, one => (string?)one.Value, StringComparer.Ordinal))
            .Build();
        using var provider = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration).AddQueueOptions().BuildServiceProvider();
        return provider.GetRequiredService<IOptions<QueueOptions>>().Value;
    }
}
