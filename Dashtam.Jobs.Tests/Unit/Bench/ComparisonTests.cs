using Dashtam.Jobs.Bench.Results;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Bench;

[Category("Unit")]
internal sealed class ComparisonTests
{
    private static readonly Machine Machine = new(2, "cpu", 8, "6.1", "7.0.15", ".NET 10");

    [Test]
    public void Ratio_IsOursDividedByThePeersOfTheSameRound()
    {
        RunResult[] results =
        [
            Of("ours", 1, 100), Of("other", 1, 50),
            Of("ours", 2, 300), Of("other", 2, 100),
            Of("ours", 3, 40), Of("other", 3, 10),
        ];

        var row = Comparison.Of(results).Single(row => row.Peer == "other");

        Assert.That(row.Ratio, Is.EqualTo(new Spread(3, 2, 4)));
        Assert.That(row.Value, Is.EqualTo(new Spread(50, 10, 100)));
        Assert.That(row.Rounds, Is.EqualTo(3));
    }

    [Test]
    public void Ratio_PairsRoundsOfOneFileOnly()
    {
        RunResult[] results =
        [
            Of("ours", 1, 100), Of("other", 1, 50),
            Of("ours", 1, 9) with { Session = "later" }, Of("third", 1, 3) with { Session = "later" },
        ];

        var rows = Comparison.Of(results).ToDictionary(row => row.Peer, StringComparer.Ordinal);

        Assert.That((rows["other"].Ratio, rows["third"].Ratio), Is.EqualTo((new Spread(2, 2, 2), new Spread(3, 3, 3))));
        Assert.That(rows["ours"].Rounds, Is.EqualTo(2));
    }

    [Test]
    public void Ratio_LeavesOutRoundsThatOneOfThemMissed()
    {
        RunResult[] results = [Of("ours", 1, 100), Of("other", 1, 50), Of("other", 2, 1)];

        Assert.That(
            Comparison.Of(results).Single(row => row.Peer == "other").Ratio,
            Is.EqualTo(new Spread(2, 2, 2)));
    }

    [Test]
    public void Ratio_IsMissingWhereItWouldDivideByZero()
    {
        RunResult[] results = [Of("ours", 1, 1), Of("other", 1, 0)];

        Assert.That(Comparison.Of(results).Single(row => row.Peer == "other").Ratio, Is.Null);
    }

    [Test]
    public void Rows_HaveNoneForARunThatFailed()
    {
        RunResult[] results = [Of("ours", 1, 1), Of("other", 1, 0) with { Figures = NoFigures, Failure = "it broke" }];

        Assert.That(Comparison.Of(results).Select(row => row.Peer), Is.EqualTo(["ours"]));
    }

    [Test]
    public void Log_GivesBackWhatWasAppended()
    {
        var path = Path.GetTempFileName();
        try
        {
            ResultLog.Append(path, Of("ours", 1, 12.5));
            ResultLog.Append(path, Of("other", 2, 0) with { Figures = NoFigures, Failure = "it broke" });

            var results = ResultLog.Read(path);

            Assert.That(results.Select(result => (result.Peer, result.Round)), Is.EqualTo([("ours", 1), ("other", 2)]));
            Assert.That(results[0].Figures["w1/jobs"], Is.EqualTo(12.5));
            Assert.That(results[0].Machine, Is.EqualTo(Machine));
            Assert.That(results[1].Failure, Is.EqualTo("it broke"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Dictionary<string, double> NoFigures => new(StringComparer.Ordinal);

    private static RunResult Of(string peer, int round, double value) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Workload = "w1",
        Peer = peer,
        Round = round,
        Machine = Machine,
        Figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["w1/jobs"] = value },
    };
}
