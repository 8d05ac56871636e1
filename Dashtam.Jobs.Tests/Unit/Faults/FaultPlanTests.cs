using Dashtam.Jobs.Faults.Planning;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

[Category("Unit")]
internal sealed class FaultPlanTests
{
    private const int LeaseMs = 5_000;
    private static readonly IReadOnlyList<FaultShare> Mix = FaultMix.For(LeaseMs);

    [Test]
    public void The_same_seed_gives_the_same_faults()
    {
        var first = FaultPlan.Draw(42, 1_000, Mix);
        var again = FaultPlan.Draw(42, 1_000, Mix);

        Assert.That(again, Is.EqualTo(first));
    }

    [Test]
    public void Another_seed_gives_other_faults() =>
        Assert.That(FaultPlan.Draw(43, 1_000, Mix), Is.Not.EqualTo(FaultPlan.Draw(42, 1_000, Mix)));

    [Test]
    public void A_thousand_faults_hold_every_kind() => Assert.That(
        FaultPlan.Draw(1, 1_000, Mix).Select(fault => fault.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<FaultKind>()));

    [Test]
    public void A_thousand_faults_take_two_to_four_minutes()
    {
        var total = TimeSpan.FromTicks(FaultPlan.Draw(1, 1_000, Mix).Sum(fault => fault.Pause.Ticks));

        Assert.That(total, Is.InRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4)));
    }

    [Test]
    public void A_worker_stands_still_for_longer_than_its_lease() => Assert.That(
        FaultPlan.Draw(1, 1_000, Mix)
            .Where(fault => fault.Kind == FaultKind.WorkerPause)
            .Select(fault => fault.Duration.TotalMilliseconds),
        Is.All.GreaterThan(LeaseMs));

    [Test]
    public void A_process_that_is_gone_is_not_ended_again()
    {
        var at = TimeSpan.Zero;
        var kills = FaultPlan.Draw(1, 1_000, Mix)
            .Select(fault => (Fault: fault, At: at += fault.Pause))
            .Where(planned => planned.Fault.Kind is FaultKind.WorkerKill or FaultKind.WorkerTerm or FaultKind.WorkerPause)
            .GroupBy(planned => planned.Fault.Target, StringComparer.Ordinal);

        Assert.That(
            kills.SelectMany(worker => worker.Zip(worker.Skip(1), (first, second) => second.At - first.At - first.Fault.Duration)),
            Is.All.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public void In_an_upgrade_every_process_is_restarted_and_nothing_else_is_left_out()
    {
        var upgrade = FaultPlan.Draw(1, 300, FaultMix.WithRestarts(LeaseMs));
        var restarted = upgrade
            .Where(fault => fault.Kind is FaultKind.WorkerKill or FaultKind.WorkerTerm or FaultKind.SchedulerKill or FaultKind.SchedulerTerm)
            .Select(fault => fault.Target)
            .ToList();

        Assert.Multiple(() =>
        {
            Assert.That(restarted, Has.Count.GreaterThan(20));
            Assert.That(restarted.Distinct(StringComparer.Ordinal), Is.EquivalentTo(FaultMix.Workers.Concat(FaultMix.Schedulers)));
            Assert.That(
                FaultMix.WithRestarts(LeaseMs).Select(share => share.Kind), Is.EqualTo(Mix.Select(share => share.Kind)));
        });
    }
}
