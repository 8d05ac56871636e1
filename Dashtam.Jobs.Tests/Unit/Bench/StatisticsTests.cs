using Dashtam.Jobs.Bench.Results;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Bench;

[Category("Unit")]
internal sealed class StatisticsTests
{
    [TestCase(new[] { 7.0 }, 7)]
    [TestCase(new[] { 3.0, 1.0, 2.0 }, 2)]
    [TestCase(new[] { 4.0, 1.0, 3.0, 2.0 }, 2.5)]
    public void Spread_HasTheMiddleValueAndBothEnds(double[] values, double median) =>
        Assert.That(Spread.Of(values), Is.EqualTo(new Spread(median, values.Min(), values.Max())));

    [TestCase(50, 50)]
    [TestCase(99, 99)]
    [TestCase(99.5, 100)]
    [TestCase(100, 100)]
    public void Percentile_IsTheNearestRank(double percent, double expected) =>
        Assert.That(
            Statistics.Percentile([.. Enumerable.Range(1, 100).Select(value => (double)value)], percent),
            Is.EqualTo(expected));

    [Test]
    public void Percentile_OfOneValueIsThatValue() => Assert.That(Statistics.Percentile([4], 1), Is.EqualTo(4));

    [Test]
    public void Median_OfNothingIsRefused() =>
        Assert.That(() => Statistics.Median([]), Throws.ArgumentException);
}
