using System.Text;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
[Category("Exhaustive")] // thousands of cases: make check leaves them to make test-unit and to CI
[Parallelizable(ParallelScope.All)]
public sealed class EnvelopeFuzzTests
{
    private const int Mutations = 50_000;

    [TestCase(20261124)]
    [TestCase(20261125)]
    public void Mutated_messages_never_throw_and_what_is_read_can_be_rewritten_and_read_again(int seed)
    {
        var mutator = new EnvelopeMutator([.. WireFixtures.Messages.Select(WireFixtures.Bytes)], seed);
        var accepted = 0;

        for (var i = 0; i < Mutations; i++)
        {
            accepted += Survives(mutator.Next()) ? 1 : 0;
        }

        Assert.That(accepted, Is.InRange(Mutations / 50, Mutations - (Mutations / 50)), "the mutations must reach both sides");
    }

    private static bool Survives(byte[] mutant)
    {
        if (!JobEnvelope.TryParse(mutant, out var envelope, out var problem))
        {
            Require(problem.Length > 0, mutant, "it is refused without a reason");
            return false;
        }

        var rewritten = (envelope with { Labels = envelope.Labels.WithFailedAttempts(2) }).ToUtf8();
        var again = WireFixtures.Parse(rewritten);
        Require(again.TaskId == envelope.TaskId, mutant, "the task id has changed");
        Require(again.Labels.FailedAttempts == 2, mutant, "the attempts are not those that were written");
        Require(again.ToUtf8().AsSpan().SequenceEqual(rewritten), mutant, "it is written otherwise the second time");
        ReadAll(again, mutant);
        return true;
    }

    private static void ReadAll(JobEnvelope envelope, byte[] mutant)
    {
        var labels = envelope.Labels;
        _ = (labels.RetryOnError, labels.MaxRetries, labels.Timeout, labels.Delay);
        var result = JobResult.Failure(JobError.Timeout(TimeSpan.Zero), TimeSpan.Zero, labels).ToUtf8();
        Require(RawJson.IsValid(result, out var problem), mutant, $"its result is no JSON: {problem}");
        try
        {
            envelope.Arguments.Bind<AnyArguments>();
        }
        catch (JobArgumentException exception)
        {
            Require(exception.Message.Length > 0, mutant, "its arguments are refused without a reason");
        }
    }

    // Half a million constraints of NUnit's would take longer than all else here.
    private static void Require(bool holds, byte[] mutant, string otherwise)
    {
        if (!holds)
        {
            Assert.Fail($"{otherwise}: {Encoding.UTF8.GetString(mutant)}");
        }
    }

    private sealed record AnyArguments(int Seconds = 0, string? A = null, bool Flag = false);
}
