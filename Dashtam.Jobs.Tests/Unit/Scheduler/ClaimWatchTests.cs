using System.Text.Json;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ClaimWatchTests : IDisposable
{
    private static readonly JobSchedule Tokens = new("tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null);
    private static readonly JobSchedule Sessions = new("sessions", "check_expiring_sessions", "* * * * *", "UTC", Setting: null);

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly ClaimWatch _claims;

    public ClaimWatchTests() => _claims = new ClaimWatch(_time, _log.Factory.CreateLogger<ClaimWatch>());

    private IEnumerable<string?> Events => _log.Lines.Select(line => JsonElement.Parse(line).GetProperty("event").GetString());

    public void Dispose() => _log.Dispose();

    [TestCase("1795000000000")]
    [TestCase("")]
    [TestCase("99999999999999999")]
    public void A_holder_whose_sign_of_life_stays_the_same_for_a_minute_is_silent_whatever_it_says(string sign)
    {
        LookFor(seconds: 50, _ => sign);
        Assert.That(_claims.Silent(Tokens.Id), Is.Null);

        LookFor(seconds: 10, _ => sign);

        Assert.That(_claims.Silent(Tokens.Id), Is.EqualTo(sign));
    }

    [Test]
    public void A_holder_whose_sign_of_life_changes_is_never_silent()
    {
        LookFor(seconds: 3_600, second => second % 50 == 0 ? "now and then" : $"{second / 50}", () =>
            Assert.That(_claims.Silent(Tokens.Id), Is.Null));
    }

    [Test]
    public void A_holder_that_is_seen_again_after_an_outage_has_a_minute_anew()
    {
        LookFor(seconds: 60, _ => "1");
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.That(_claims.Silent(Tokens.Id), Is.Null, "this scheduler has not looked either");

        LookFor(seconds: 50, _ => "1");

        Assert.That(_claims.Silent(Tokens.Id), Is.Null);
    }

    [Test]
    public void A_sign_of_life_that_cannot_be_read_is_none_of_silence()
    {
        LookFor(seconds: 600, _ => null);

        Assert.That(_claims.Silent(Tokens.Id), Is.Null);
    }

    [Test]
    public void Each_change_is_told_once_and_a_take_over_with_both_versions()
    {
        LookFor(seconds: 120, _ => "1");
        LookFor(seconds: 120, _ => "1", version: "third");
        _claims.Look(Tokens, Current() with { TakenOver = true, StoredVersion = "third" });
        LookFor(seconds: 60, _ => "2", version: "fourth");
        _claims.Look(Tokens, Current());
        _claims.Look(Tokens, Current());

        Assert.That(Events, Is.EqualTo([
            "schedule_superseded", "schedule_superseded", "schedule_taken_over", "schedule_superseded", "schedule_no_longer_superseded",
        ]));
        Assert.That(_log.Lines[2], Does.Contain(Tokens.Version).And.Contain("third"));
    }

    [Test]
    public void What_is_superseded_is_named_with_its_version_until_it_fires_here_again()
    {
        _claims.Look(Tokens, Other("1", "newer"));
        _claims.Look(Sessions, Current());

        Assert.That(_claims.Superseded, Is.EqualTo(new Dictionary<string, string>(StringComparer.Ordinal) { [Tokens.Id] = "newer" }));

        _claims.Look(Tokens, Current());

        Assert.That(_claims.Superseded, Is.Empty);
    }

    private static ScheduleState Current() => new(Current: true, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private static ScheduleState Other(string? sign, string version) =>
        Current() with { Current = false, HolderSign = sign, StoredVersion = version };

    /// <summary>Looks each ten seconds, the last time at the end.</summary>
    private void LookFor(int seconds, Func<int, string?> sign, Action? eachTime = null, string version = "newer")
    {
        _claims.Look(Tokens, Other(sign(0), version));
        for (var second = 10; second <= seconds; second += 10)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            eachTime?.Invoke();
            _claims.Look(Tokens, Other(sign(second), version));
        }
    }
}
