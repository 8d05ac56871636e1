using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class EnvelopeFuzzTests
{
    private const int Mutations = 20_000;
    private const string Alphabet = "\"\\{}[],:0123456789eE+-.truefalsnINy\u0000 \n\u00ff\u00c3";

    [Test]
    public void Mutated_messages_never_throw_and_what_is_read_can_be_rewritten_and_read_again()
    {
        var random = new Random(20261124);
        var messages = WireFixtures.Messages.Select(WireFixtures.Bytes).ToList();
        var accepted = 0;

        for (var i = 0; i < Mutations; i++)
        {
            var mutant = Mutate(messages[i % messages.Count], messages[random.Next(messages.Count)], random);
            accepted += Survives(mutant) ? 1 : 0;
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
        Assert.That(again.ToUtf8(), Is.EqualTo(rewritten));
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

    private static byte[] Mutate(byte[] message, byte[] other, Random random)
    {
        var bytes = message.ToList();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            Edit(bytes, other, random);
        }

        return [.. bytes];
    }

    private static void Edit(List<byte> bytes, byte[] other, Random random)
    {
        var at = random.Next(bytes.Count);
        var length = random.Next(1, 12);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] = (byte)Alphabet[random.Next(Alphabet.Length)];
                break;
            case 1:
                bytes.Insert(at, (byte)Alphabet[random.Next(Alphabet.Length)]);
                break;
            case 2 when bytes.Count > length + 1:
                bytes.RemoveRange(Math.Min(at, bytes.Count - length), length);
                break;
            case 3:
                bytes.InsertRange(at, other.Skip(random.Next(other.Length)).Take(length));
                break;
            default:
                bytes[at] = (byte)random.Next(256);
                break;
        }
    }

    private sealed record AnyArguments(int Seconds = 0, string? A = null, bool Flag = false);
}
