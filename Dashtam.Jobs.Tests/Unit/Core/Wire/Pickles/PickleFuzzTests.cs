using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

[Category("Unit")]
[Category("Exhaustive")] // thousands of cases: make check leaves them to make test-unit and to CI
internal sealed class PickleFuzzTests
{
    private const int Pickles = 100_000;
    private const int BytesEach = 20;
    private const int Fixed = 1_024;
    private const int OfAnException = 4_096;

    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(10);

    [Test]
    public void Each_of_a_hundred_thousand_fuzzed_pickles_is_refused_or_plain_and_costs_little()
    {
        var mutator = new PickleMutator(seed: 20261128);
        var (plain, slow, spent, allowed) = (0, 0, 0L, 0L);
        for (var i = 0; i < Pickles; i++)
        {
            var pickle = mutator.Next();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = ThreadCpu.Time();
            var json = Read(pickle);
            slow += ThreadCpu.Time() - started > MostTime ? 1 : 0;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (json is null)
            {
                spent += allocated; // with the exceptions, of which the first ones take more than those that follow
                allowed += (BytesEach * pickle.Length) + OfAnException;
                continue;
            }

            plain++;
            Assert.That(allocated, Is.LessThanOrEqualTo((BytesEach * pickle.Length) + Fixed));
            Assert.That(RawJson.IsValid(json, out var problem), Is.True, problem);
        }

        Assert.That(spent, Is.LessThan(allowed));
        Assert.That(plain, Is.InRange(Pickles / 20, Pickles - (Pickles / 20)), "the pickles must reach both sides");
        Assert.That(slow, Is.LessThan(10), "while code is compiled for the first time");
    }

    private static byte[]? Read(byte[] pickle)
    {
        try
        {
            return PickleReader.ToJson(pickle);
        }
        catch (PickleException error)
        {
            return error.Message.Length > 0 ? null : throw new InvalidOperationException("a reason is missing", error);
        }
    }
}
