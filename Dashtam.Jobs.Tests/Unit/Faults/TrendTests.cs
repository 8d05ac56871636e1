using Dashtam.Jobs.Faults.Soak;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

[Category("Unit")]
internal sealed class TrendTests
{
    [Test]
    public void A_line_has_its_slope_per_hour_and_no_error()
    {
        var trend = Trend.Of([(0, 10), (10, 20), (20, 30)]);

        Assert.That(trend.PerHour, Is.EqualTo(3_600).Within(1e-6));
        Assert.That(trend.Error, Is.EqualTo(0).Within(1e-6));
        Assert.That(trend.IsNoise, Is.False);
    }

    [Test]
    public void Samples_that_go_up_and_down_are_noise()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 100).Select(i => (i * 10.0, i % 2 == 0 ? 100.0 : 101.0))]);

        Assert.That(trend.IsNoise, Is.True);
    }

    [Test]
    public void A_slow_growth_under_noise_is_found()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 180).Select(i => (i * 10.0, 100 + (i * 0.1) + (i % 3)))]);

        Assert.That(trend.IsNoise, Is.False);
        Assert.That(trend.PerHour, Is.EqualTo(36).Within(1));
    }

    [Test]
    public void Troughs_are_what_a_saw_leaves_and_a_window_that_is_cut_short_is_none()
    {
        (double, double)[] saw = [(0, 5), (10, 9), (20, 4), (30, 6), (40, 3), (50, 8), (60, 1)];

        var troughs = Trend.Troughs(saw, TimeSpan.FromSeconds(30));

        Assert.That(troughs, Is.EqualTo(new[] { (20.0, 4.0), (40.0, 3.0) }));
    }
}
