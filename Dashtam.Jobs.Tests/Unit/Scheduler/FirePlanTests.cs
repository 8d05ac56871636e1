using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
internal sealed class FirePlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    /// <summary>The five instants that were missed: minutes 1 to 5.</summary>
    private static readonly DateTimeOffset Later = Start.AddMinutes(5).AddSeconds(30);

    [Test]
    public void None_fires_nothing_that_was_missed()
    {
        var plan = Plan(MisfirePolicy.None, Later)!;

        Assert.That(plan.Instants, Is.Empty);
        Assert.That(plan.PassedOver, Is.EqualTo(5));
        Assert.That(plan.UpTo, Is.EqualTo(Start.AddMinutes(5)), "and nothing of it fires later");
    }

    [Test]
    public void None_fires_the_instant_that_is_in_time()
    {
        var plan = Plan(MisfirePolicy.None, Start.AddMinutes(5).AddSeconds(2))!;

        Assert.That(plan.Instants, Is.EqualTo(new[] { Start.AddMinutes(5) }));
        Assert.That(plan.PassedOver, Is.EqualTo(4));
    }

    [Test]
    public void Latest_fires_once_for_all_of_them()
    {
        var plan = Plan(MisfirePolicy.Latest, Later)!;

        Assert.That(plan.Instants, Is.EqualTo(new[] { Start.AddMinutes(5) }));
        Assert.That(plan.PassedOver, Is.EqualTo(4));
    }

    [Test]
    public void All_fires_them_in_order()
    {
        var plan = Plan(MisfirePolicy.All, Later)!;

        Assert.That(plan.Instants, Is.EqualTo(Enumerable.Range(1, 5).Select(minute => Start.AddMinutes(minute))));
        Assert.That(plan.PassedOver, Is.Zero);
    }

    [Test]
    public void All_fires_the_latest_ones_up_to_its_limit()
    {
        var plan = Plan(MisfirePolicy.All, Later, limit: 2)!;

        Assert.That(plan.Instants, Is.EqualTo(new[] { Start.AddMinutes(4), Start.AddMinutes(5) }));
        Assert.That(plan.PassedOver, Is.EqualTo(3));
    }

    [Test]
    public void Nothing_is_due_before_the_next_instant() =>
        Assert.That(Plan(MisfirePolicy.All, Start.AddSeconds(59)), Is.Null);

    private static FirePlan? Plan(MisfirePolicy policy, DateTimeOffset now, int limit = JobSchedule.DefaultCatchUpLimit)
    {
        var schedule = new JobSchedule("s", "check_expiring_tokens", "* * * * *", "UTC", Setting: null)
        {
            CatchUp = policy,
            CatchUpLimit = limit,
        };
        return FirePlan.Of(ScheduleCatalog.Read(schedule, now), after: Start, upTo: now, now);
    }
}
