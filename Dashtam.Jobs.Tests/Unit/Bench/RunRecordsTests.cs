using Dashtam.Jobs.Bench.Records;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Bench;

[Category("Unit")]
internal sealed class RunRecordsTests
{
    private string _path = "";

    [SetUp]
    public void SetUp() => _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Test]
    public void Records_ShowWhatARecorderWroteWhereItBelongs()
    {
        using var records = RunRecords.Create(_path, jobs: 3);
        using var recorder = new RunRecorder(_path);

        recorder.Ran(2);
        recorder.Started(1);

        Assert.That((records.Started(0), records.Ended(0), records.Ended(1)), Is.EqualTo((0L, 0L, 0L)));
        Assert.That(records.Started(1), Is.Positive);
        Assert.That(records.Ended(2), Is.GreaterThanOrEqualTo(records.Started(2)).And.Positive);
        Assert.That(records.StartedOf(first: 0, count: 3), Is.EqualTo(2));
    }

    [Test]
    public void EndedOf_CountsInAnyOrderAndOnlyBelowTheLimit()
    {
        using var records = RunRecords.Create(_path, jobs: 4);
        using var recorder = new RunRecorder(_path);

        recorder.Ran(0);
        recorder.Ran(2);
        Assert.That(records.EndedOf(4), Is.EqualTo(2));

        recorder.Ran(1);
        recorder.Ran(3);
        Assert.That((records.EndedOf(4), records.EndedOf(2)), Is.EqualTo((4, 2)));
    }

    [Test]
    public void Span_IsFromTheFirstStartToTheLastEnd()
    {
        using var records = RunRecords.Create(_path, jobs: 3);
        Write(n: 0, started: 1, ended: 90_000_000); // warms up: not counted
        Write(n: 1, started: 5_000_000, ended: 7_000_000);
        Write(n: 2, started: 4_000_000, ended: 6_000_000);

        Assert.That(records.Span(first: 1, count: 2), Is.EqualTo(TimeSpan.FromMilliseconds(3)));
    }

    private void Write(int n, long started, long ended)
    {
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        byte[] instants = [.. BitConverter.GetBytes(started), .. BitConverter.GetBytes(ended)];
        RandomAccess.Write(file, instants, n * RunRecords.BytesPerJob);
    }
}
