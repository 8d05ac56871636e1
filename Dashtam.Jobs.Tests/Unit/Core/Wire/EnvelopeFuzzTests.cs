using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
[Parallelizable] // it computes, and shares nothing
public sealed class EnvelopeFuzzTests
{
    private const int Mutations = 100_000;

    [Test]
    public void Mutated_messages_never_throw_and_what_is_read_can_be_rewritten_and_read_again()
    {
        var mutator = new EnvelopeMutator([.. WireFixtures.Messages.Select(WireFixtures.Bytes)], seed: 20261124);
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
            Assert.That(problem, Is.Not.Empty);
            return false;
        }

        var rewritten = (envelope with { Labels = envelope.Labels.WithFailedAttempts(2) }).ToUtf8();
        var again = WireFixtures.Parse(rewritten);
        Assert.That(again.TaskId, Is.EqualTo(envelope.TaskId));
        Assert.That(again.Labels.FailedAttempts, Is.EqualTo(2));
        Assert.That(again.ToUtf8().AsSpan().SequenceEqual(rewritten), Is.True); // NUnit compares byte by byte, boxed
        ReadAll(again);
        return true;
    }

    private static void ReadAll(JobEnvelope envelope)
    {
        var labels = envelope.Labels;
        _ = (labels.RetryOnError, labels.MaxRetries, labels.Timeout, labels.Delay);
        var result = JobResult.Failure(JobError.Timeout(TimeSpan.Zero), TimeSpan.Zero, labels).ToUtf8();
        Assert.That(RawJson.IsValid(result, out var problem), Is.True, problem);
        try
        {
            envelope.Arguments.Bind<AnyArguments>();
        }
        catch (JobArgumentException exception)
        {
            Assert.That(exception.Message, Is.Not.Empty);
        }
    }

    private sealed record AnyArguments(int Seconds = 0, string? A = null, bool Flag = false);
}
