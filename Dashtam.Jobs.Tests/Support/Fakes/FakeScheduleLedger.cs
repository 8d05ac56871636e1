using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A ledger in memory that can be out of reach.</summary>
internal sealed class FakeScheduleLedger : IScheduleLedger
{
    public List<(string Schedule, DateTimeOffset Instant, JobEnvelope Envelope)> Fired { get; } = [];

    public List<bool> Registrations { get; } = [];

    public int Tries { get; private set; }

    public bool OutOfReach { get; set; }

    public ScheduleState State { get; set; }

    public FireReply? Answer { get; set; }

    public Task<ScheduleState> RegisterAsync(JobSchedule schedule, bool replace, CancellationToken cancellationToken)
    {
        Reach();
        Registrations.Add(replace);
        return Task.FromResult(State);
    }

    public Task<FireReply> FireAsync(
        JobSchedule schedule, DateTimeOffset instant, JobEnvelope envelope, CancellationToken cancellationToken)
    {
        Tries++;
        Reach();
        if (Answer is { } answer)
        {
            return Task.FromResult(answer);
        }

        Fired.Add((schedule.Id, instant, envelope));
        return Task.FromResult(new FireReply(FireCode.Enqueued, TimeSpan.Zero));
    }

    private void Reach()
    {
        if (OutOfReach)
        {
            throw new RedisConnectionException(
                ConnectionFailureType.UnableToConnect, CommandFlags.None, "away", innerException: null, CommandStatus.WaitingToBeSent);
        }
    }
}
