using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A ledger in memory that can be out of reach.</summary>
internal sealed class FakeScheduleLedger : IScheduleLedger, IScheduleMarks
{
    public List<(string Schedule, DateTimeOffset Instant, JobEnvelope Envelope)> Fired { get; } = [];

    public List<FireBatch> Batches { get; } = [];

    /// <summary>What each registration said that it remembered.</summary>
    public List<ScheduleState?> Registrations { get; } = [];

    public int Tries { get; private set; }

    public bool OutOfReach { get; set; }

    public ScheduleState State { get; set; }

    public FireReply? Answer { get; set; }

    /// <summary>Redis' clock.</summary>
    public Func<DateTimeOffset> Clock { get; set; } = () => DateTimeOffset.UnixEpoch;

    public Task<ScheduleState> RegisterAsync(
        JobSchedule schedule, ScheduleState? remembered, CancellationToken cancellationToken)
    {
        Reach();
        Registrations.Add(remembered);
        return Task.FromResult(State);
    }

    public Task<FireReply> FireAsync(JobSchedule schedule, FireBatch batch, CancellationToken cancellationToken)
    {
        Tries++;
        Reach();
        if (Answer is { } answer)
        {
            return Task.FromResult(answer);
        }

        if (batch.After != State.LastFired)
        {
            var code = State.LastFired >= batch.UpTo ? FireCode.AlreadyFired : FireCode.OutOfDate;
            return Task.FromResult(new FireReply(code, TimeSpan.Zero, State.LastFired));
        }

        Batches.Add(batch);
        Fired.AddRange(batch.Fires.Select(fire => (schedule.Id, fire.Instant, fire.Envelope)));
        State = State with { LastFired = batch.UpTo };
        return Task.FromResult(new FireReply(FireCode.Fired, TimeSpan.Zero, batch.UpTo, batch.Fires.Count));
    }

    /// <summary>By queue, what it has a record of.</summary>
    public Dictionary<string, Dictionary<string, TimeSpan?>> Records { get; } = new(StringComparer.Ordinal);

    public Task<IReadOnlyDictionary<string, TimeSpan?>> FindAsync(
        string? queue, IReadOnlyCollection<string> scheduleIds, CancellationToken cancellationToken)
    {
        Reach();
        var records = Records.GetValueOrDefault(queue ?? "") ?? [];
        return Task.FromResult<IReadOnlyDictionary<string, TimeSpan?>>(
            records.Where(record => scheduleIds.Contains(record.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal));
    }

    public Task<DateTimeOffset> GetTimeAsync(string? queue, CancellationToken cancellationToken)
    {
        Reach();
        return Task.FromResult(Clock());
    }

    /// <summary>Reports of skew.</summary>
    public List<TimeSpan> Skews { get; } = [];

    /// <summary>Marks that were moved back: from where, to where.</summary>
    public List<(DateTimeOffset From, DateTimeOffset To)> Moved { get; } = [];

    public Task ReportSkewAsync(string? queue, TimeSpan offset, CancellationToken cancellationToken)
    {
        Reach();
        Skews.Add(offset);
        return Task.CompletedTask;
    }

    public Task<bool> MoveBackAsync(
        JobSchedule schedule, DateTimeOffset mark, DateTimeOffset due, DateTimeOffset clock, CancellationToken cancellationToken)
    {
        Reach();
        Moved.Add((mark, due));
        State = State with { LastFired = due };
        return Task.FromResult(true);
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
