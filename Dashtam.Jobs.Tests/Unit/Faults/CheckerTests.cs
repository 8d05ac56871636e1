using Dashtam.Jobs.Faults.Checking;
using Dashtam.Jobs.Faults.History;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

/// <summary>A history in which everything holds, and one broken history for each rule.</summary>
[Category("Unit")]
internal sealed class CheckerTests
{
    private const string Schedule = "check_expiring_tokens";

    /// <summary>An instant that is long after the schedulers have started and long before the end.</summary>
    private const long Instant = 1_000;

    private readonly List<HistoryEvent> _history =
    [
        new(0, HistoryKind.ProcessStarted) { Process = "scheduler-1" },
        new(1_000, HistoryKind.EnqueueAcknowledged) { TaskId = "a" },
        new(1_010, HistoryKind.Delivered) { TaskId = "a", Worker = "w1", Attempt = 1 },
        new(1_020, HistoryKind.JournalEffect) { Effect = "a", Fence = 7 },
        new(1_020, HistoryKind.Effect) { TaskId = "a", Effect = "a", Worker = "w1", Fence = 7, Accepted = true, Order = 1 },
        new(1_030, HistoryKind.JournalResult) { TaskId = "a" },
        new(1_030, HistoryKind.Succeeded) { TaskId = "a", Attempt = 1 },
        new(1_040, HistoryKind.EnqueueUnknown) { TaskId = "unknown" },
        new(1_050, HistoryKind.EnqueueAcknowledged) { TaskId = "garbled" },
        new((Instant - 5) * 1_000, HistoryKind.JournalFired) { Schedule = Schedule, Instant = Instant - 5, TaskId = "f0" },
        new(Instant * 1_000, HistoryKind.JournalFired) { Schedule = Schedule, Instant = Instant, TaskId = "f1" },
        new((Instant + 5) * 1_000, HistoryKind.JournalFired) { Schedule = Schedule, Instant = Instant + 5, TaskId = "f2" },
        new((Instant + 60) * 1_000, HistoryKind.LoadEnded),
    ];

    private readonly List<ExpectedSchedule> _schedules = [new(Schedule, [Instant - 5, Instant, Instant + 5])];

    private FinalState _final = new()
    {
        Results = new Dictionary<string, ResultState>(StringComparer.Ordinal)
        {
            ["a"] = new(IsError: false, Fence: 7, EffectAccepted: true),
            ["f0"] = new(IsError: false, null, null),
            ["f1"] = new(IsError: false, null, null),
            ["f2"] = new(IsError: true, null, null),
        },
        Stats = new Dictionary<string, long>(StringComparer.Ordinal) { ["run_canary:succeeded"] = 1, [$"{Schedule}:succeeded"] = 2 },
        DeadLetters = [new("failed", "f2", "{}"), new("malformed", null, """{"task": "garbled", "garbage": tru""")],
        Keys = [new("result:a", "String", Expires: true, 1), new("stats", "Hash", Expires: false, 2)],
        Processing = new Dictionary<string, long>(StringComparer.Ordinal) { ["processing:w1"] = 0 },
    };

    [Test]
    public void A_good_history_breaks_nothing() => Assert.That(Check(), Is.Empty);

    [Test]
    public void A_living_worker_that_is_recovered_while_the_clock_of_Redis_is_wrong_is_a_broken_promise()
    {
        RecoverWhileTheClockIsWrong();

        AssertBroken(RuleName.LivingRecovered, "w2");
    }

    [TestCase(HistoryKind.ProcessEnded, 0)]
    [TestCase(HistoryKind.Fault, 6_000)]
    public void A_worker_that_ended_or_stood_still_may_be_recovered_while_the_clock_of_Redis_is_wrong(HistoryKind kind, int ms)
    {
        RecoverWhileTheClockIsWrong();
        _history.Add(new HistoryEvent(95_000, kind) { Process = "worker-1", UntilMs = 95_000 + ms });

        Assert.That(Check(), Is.Empty);
    }

    [Test]
    public void A_cut_connection_is_no_reason_to_recover_a_worker_while_the_clock_of_Redis_is_wrong()
    {
        RecoverWhileTheClockIsWrong();
        _history.Add(new HistoryEvent(95_000, HistoryKind.Fault) { Process = "worker-1", UntilMs = 95_000 });

        AssertBroken(RuleName.LivingRecovered, "w2");
    }

    [Test]
    public void Log_lines_that_were_dropped_accuse_nobody()
    {
        _history.RemoveAll(line => line.Kind
            is HistoryKind.ProcessStarted or HistoryKind.Delivered or HistoryKind.Effect or HistoryKind.Succeeded);
        _history.Add(new HistoryEvent(2_000, HistoryKind.LogDropped) { Process = "worker-1" });

        Assert.That(Check(), Is.Empty);
    }

    [Test]
    public void A_result_that_was_written_twice_is_doubled_although_the_log_lines_were_dropped()
    {
        _history.RemoveAll(line => line.Kind is HistoryKind.Delivered or HistoryKind.Effect or HistoryKind.Succeeded);
        _history.Add(new HistoryEvent(2_000, HistoryKind.LogDropped) { Process = "worker-1" });
        _history.Add(new HistoryEvent(2_000, HistoryKind.JournalResult) { TaskId = "a" });

        AssertBroken(RuleName.Doubled, "a");
    }

    [Test]
    public void A_scheduler_whose_log_nobody_reads_must_fire()
    {
        _history.Add(new HistoryEvent((Instant - 1) * 1_000, HistoryKind.Fault) { Process = "scheduler-1", Detail = "LogStall" });
        _history.RemoveAll(line => line.TaskId == "f1");
        _final = _final with { Results = Without("f1"), Stats = Succeeded(2) };

        Assert.That(Check().Select(violation => violation.Rule), Is.EqualTo(new[] { RuleName.MissedFire }));
    }

    [Test]
    public void An_acknowledged_job_without_an_end_is_lost()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.EnqueueAcknowledged) { TaskId = "gone" });

        AssertBroken(RuleName.Lost, "gone");
    }

    [Test]
    public void A_fired_job_without_an_end_is_lost()
    {
        _final = _final with { Results = Without("f1"), Stats = Succeeded(2) };

        AssertBroken(RuleName.Lost, "f1");
    }

    [Test]
    public void A_malformed_one_that_is_no_dead_letter_is_lost()
    {
        _final = _final with { DeadLetters = [_final.DeadLetters[0]] };

        AssertBroken(RuleName.Lost, "garbled");
    }

    [TestCase(null, """{"task": "a1", "garbage": tru""")]
    [TestCase("a1", """{"task_id": "a1", "task_name": "run_canary", "labels": {}, "args": [], "kwargs": {"effect": "a"}}""")]
    public void A_dead_letter_of_another_job_whose_id_begins_with_the_same_letters_is_no_end(string? read, string envelope)
    {
        _final = _final with
        {
            Results = Without("a"),
            Stats = new Dictionary<string, long>(StringComparer.Ordinal) { [$"{Schedule}:succeeded"] = 2 },
            DeadLetters = [.. _final.DeadLetters, new("malformed", read, envelope)],
        };
        _history.Add(new HistoryEvent(2_000, HistoryKind.EnqueueAcknowledged) { TaskId = "a1" });

        AssertBroken(RuleName.Lost, "a");
    }

    [Test]
    public void A_result_that_was_written_twice_is_doubled()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.JournalResult) { TaskId = "a" });

        AssertBroken(RuleName.Doubled, "a");
    }

    [Test]
    public void An_attempt_that_two_workers_settled_is_doubled()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.Succeeded) { TaskId = "a", Attempt = 1 });

        AssertBroken(RuleName.Doubled, "a");
    }

    [Test]
    public void A_success_that_was_counted_twice_is_doubled()
    {
        _final = _final with { Stats = Succeeded(4) };

        AssertBroken(RuleName.Doubled, "stats:jobs");
    }

    [Test]
    public void A_job_with_a_result_that_is_also_a_dead_letter_is_doubled()
    {
        _final = _final with { DeadLetters = [.. _final.DeadLetters, new("failed", "a", "{}")] };

        AssertBroken(RuleName.Doubled, "a");
    }

    [Test]
    public void An_effect_that_Redis_accepted_under_a_lower_token_is_stale()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.JournalEffect) { Effect = "a", Fence = 6 });

        AssertBroken(RuleName.StaleEffect, "a");
    }

    [Test]
    public void An_effect_whose_worker_was_told_that_a_lower_token_was_accepted_is_stale()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.Effect)
        {
            TaskId = "a",
            Effect = "a",
            Worker = "w2",
            Fence = 6,
            Accepted = true,
            Order = 2,
        });

        AssertBroken(RuleName.StaleEffect, "a");
    }

    [Test]
    public void An_effect_that_was_refused_is_not_stale()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.Effect)
        {
            TaskId = "a",
            Effect = "a",
            Worker = "w0",
            Fence = 6,
            Accepted = false,
            Order = 2,
        });

        Assert.That(Check(), Is.Empty);
    }

    [Test]
    public void A_token_that_two_deliveries_were_given_breaks_the_order()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.Effect)
        {
            TaskId = "b",
            Effect = "b",
            Worker = "w2",
            Fence = 7,
            Accepted = true,
            Order = 1,
        });

        AssertBroken(RuleName.StaleEffect, "a");
    }

    [Test]
    public void A_result_of_a_run_whose_token_is_not_the_highest_is_stale()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.JournalEffect) { Effect = "a", Fence = 9 });

        AssertBroken(RuleName.StaleEffect, "a");
    }

    [Test]
    public void An_instant_that_did_not_fire_in_calm_times_is_missed()
    {
        Remove(Instant);

        AssertBroken(RuleName.MissedFire, $"{Schedule} 00:16:40");
    }

    [Test]
    public void An_instant_may_be_missing_when_all_schedulers_were_disturbed_until_the_next_one()
    {
        Remove(Instant);
        _history.Add(new HistoryEvent((Instant - 1) * 1_000, HistoryKind.Fault)
        {
            Process = "redis",
            UntilMs = (Instant + 1) * 1_000,
        });

        Assert.That(Check(), Is.Empty);
    }

    [Test]
    public void An_instant_is_missed_when_one_of_two_schedulers_was_undisturbed()
    {
        Remove(Instant);
        _history.Add(new HistoryEvent(0, HistoryKind.ProcessStarted) { Process = "scheduler-2" });
        _history.Add(new HistoryEvent((Instant - 1) * 1_000, HistoryKind.Fault)
        {
            Process = "scheduler-1",
            UntilMs = (Instant + 1) * 1_000,
        });

        AssertBroken(RuleName.MissedFire, $"{Schedule} 00:16:40");
    }

    [Test]
    public void An_instant_that_fired_twice_is_doubled()
    {
        _history.Add(new HistoryEvent(Instant * 1_001, HistoryKind.JournalFired)
        {
            Schedule = Schedule,
            Instant = Instant + 5,
            TaskId = "f2",
        });

        AssertBroken(RuleName.DoubledFire, $"{Schedule} 00:16:45");
    }

    [Test]
    public void An_instant_that_its_cron_does_not_name_is_doubled()
    {
        _history.Insert(_history.Count - 2, new HistoryEvent(Instant * 1_001, HistoryKind.JournalFired)
        {
            Schedule = Schedule,
            Instant = Instant + 1,
            TaskId = "f2",
        });

        AssertBroken(RuleName.DoubledFire, $"{Schedule} 00:16:41");
    }

    [Test]
    public void A_schedule_that_catches_up_all_may_be_late_and_need_not_fire_when_the_load_ends()
    {
        Every(Instant + 1, Instant + 2, Instant + 3, Instant + 58);
        DisturbAll();

        Assert.That(Check(), Is.Empty);
    }

    [Test]
    public void An_instant_that_was_not_caught_up_is_missed_whatever_was_disturbed()
    {
        Every(Instant + 1, Instant + 3, Instant + 58);
        DisturbAll();

        AssertBroken(RuleName.MissedFire, "every 00:16:42");
    }

    [Test]
    public void An_instant_that_was_passed_over_is_missed()
    {
        Every(Instant + 1, Instant + 2, Instant + 3);
        _history.Add(new HistoryEvent(0, HistoryKind.JournalFired) { Schedule = "every", Instant = Instant + 58 });

        AssertBroken(RuleName.MissedFire, "every 00:17:38");
    }

    [Test]
    public void An_instant_that_was_caught_up_twice_is_doubled()
    {
        Every(Instant + 1, Instant + 2, Instant + 2, Instant + 3, Instant + 58);

        AssertBroken(RuleName.DoubledFire, "every 00:16:42");
    }

    [Test]
    public void An_instant_that_was_caught_up_after_a_later_one_breaks_the_order()
    {
        Every(Instant + 1, Instant + 3, Instant + 2, Instant + 58);

        AssertBroken(RuleName.DoubledFire, "every 00:16:42");
    }

    [Test]
    public void An_instant_from_before_the_registration_is_none_of_its_schedule()
    {
        Every(Instant, Instant + 1, Instant + 2, Instant + 3, Instant + 58);

        AssertBroken(RuleName.DoubledFire, "every 00:16:40");
    }

    [Test]
    public void A_schedule_that_nobody_registered_has_missed_everything()
    {
        _schedules.Add(new ExpectedSchedule("every", [], CatchesUpAll: true));

        AssertBroken(RuleName.MissedFire, "every");
    }

    [Test]
    public void What_a_worker_still_holds_is_undrained()
    {
        _final = _final with { Processing = new Dictionary<string, long>(StringComparer.Ordinal) { ["processing:w1"] = 1 } };

        AssertBroken(RuleName.Undrained, "processing:w1");
    }

    [Test]
    public void What_is_still_ready_delayed_or_suspected_is_undrained()
    {
        _final = _final with { Ready = 1, Delayed = 2, Suspects = 3, Parked = 4 };

        Assert.That(
            Check().Where(violation => violation.Rule == RuleName.Undrained).Select(violation => violation.Subject),
            Is.EquivalentTo(new[] { "ready", "delayed", "suspects", "parked" }));
    }

    [TestCase("nobody:knows", true, 1)]
    [TestCase("result:b", false, 1)]
    [TestCase("stats", false, 11)]
    public void A_key_that_is_unknown_or_without_its_lifetime_or_above_its_cap_is_unbounded(string name, bool expires, int length)
    {
        _final = _final with { Keys = [new(name, "Hash", expires, length)] };

        AssertBroken(RuleName.Unbounded, name);
    }

    [Test]
    public void What_fsck_finds_is_a_broken_promise()
    {
        _final = _final with { Inconsistencies = ["OrphanList q: a list of nobody"] };

        AssertBroken(RuleName.Inconsistent, "fsck");
    }

    [Test]
    public void A_process_that_ended_by_itself_is_a_defect()
    {
        _history.Add(new HistoryEvent(2_000, HistoryKind.Defect) { Process = "worker-1", Detail = "ended by itself" });

        AssertBroken(RuleName.Defect, "worker-1");
    }

    private IReadOnlyList<Violation> Check() => Checker.Check(new Evidence(
        _history, _final, _schedules,
        [new("result:", IsPrefix: true, Expires: true, 1), new("stats", IsPrefix: false, Expires: false, 10)]));

    private void AssertBroken(RuleName rule, string subject) => Assert.That(
        Check().Select(violation => (violation.Rule, violation.Subject)), Is.EqualTo(new[] { (rule, subject) }));

    /// <summary>A schedule that catches up all, registered at <see cref="Instant"/>: 2 s before the end, and one later.</summary>
    private void Every(params long[] fired)
    {
        _schedules.Add(new ExpectedSchedule(
            "every", [Instant + 1, Instant + 2, Instant + 3, Instant + 58, Instant + 59], CatchesUpAll: true));
        _history.Add(new HistoryEvent(0, HistoryKind.JournalFired) { Schedule = "every", Instant = Instant });
        _history.AddRange(fired.Select(instant =>
            new HistoryEvent(0, HistoryKind.JournalFired) { Schedule = "every", Instant = instant, TaskId = "f1" }));
    }

    private void RecoverWhileTheClockIsWrong() => _history.AddRange(
    [
        new HistoryEvent(50_000, HistoryKind.Effect) { Process = "worker-1", Effect = "b", Worker = "w2", Fence = 8 },
        new HistoryEvent(100_000, HistoryKind.Fault) { Process = "redis", UntilMs = 105_000, Detail = "RedisClock" },
        new HistoryEvent(103_000, HistoryKind.Recovered) { Process = "worker-2", Worker = "w2" },
    ]);

    private void DisturbAll() => _history.Add(new HistoryEvent(0, HistoryKind.Fault)
    {
        Process = "redis",
        UntilMs = (Instant + 60) * 1_000,
    });

    private void Remove(long instant)
    {
        _history.RemoveAll(line => line.Instant == instant);
        _final = _final with { Results = Without("f1"), Stats = Succeeded(2) };
    }

    private Dictionary<string, ResultState> Without(string taskId) =>
        _final.Results.Where(result => result.Key != taskId).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, long> Succeeded(long count) =>
        new(StringComparer.Ordinal) { ["run_canary:succeeded"] = count };
}
