using Dashtam.Jobs.Faults.Lab;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Faults;

[Category("Unit")]
internal sealed class PatientReaderTests
{
    private readonly FakeTimeProvider _time = new();
    private int _looks;

    [Test]
    public async Task A_read_that_breaks_is_repeated_until_it_answers()
    {
        var tries = 0;

        var reading = Reader().ReadAsync("the ready list", () => ++tries < 4 ? Broken() : Task.FromResult(7));

        Assert.That(await EndAsync(reading), Is.EqualTo(7));
        Assert.That((tries, _looks), Is.EqualTo((4, 4)), "each try looks after the server first");
    }

    [Test]
    public void A_read_that_never_answers_says_what_could_not_be_read_and_what_is_known_of_the_server()
    {
        var reading = Reader().ReadAsync("the ready list", Broken);

        Assert.That(
            () => EndAsync(reading),
            Throws.TypeOf<LaboratoryException>().With.Message.StartsWith("the ready list could not be read in 60 s")
                .And.Message.Contains("connection reset").And.Message.Contains("redis-server 1 runs"));
    }

    [Test]
    public void A_defect_is_not_repeated() => Assert.That(
        () => Reader().ReadAsync<int>("the ready list", () => throw new FormatException("a result is no JSON")),
        Throws.TypeOf<FormatException>());

    private PatientReader Reader() => new(_time, () =>
    {
        _looks++;
        return Task.FromResult("redis-server 1 runs");
    });

    private static Task<int> Broken() =>
        throw new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "connection reset");

    private async Task<int> EndAsync(Task<int> reading)
    {
        while (!reading.IsCompleted)
        {
            _time.Advance(PatientReader.Pause);
            await Task.Yield();
        }

        return await reading;
    }
}
