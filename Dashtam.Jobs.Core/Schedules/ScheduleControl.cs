using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>The control of one queue's schedules, in Redis.</summary>
internal sealed class ScheduleControl(IRedisConnections connections, QueueKeys keys)
{
    private readonly RedisScript _pause = RedisScript.Load("pause_schedule.lua");
    private readonly RedisScript _resume = RedisScript.Load("resume_schedule.lua");

    /// <inheritdoc cref="IScheduleControl.ListAsync"/>
    public async Task<IReadOnlyList<ScheduleStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var schedules = await ReadAsync(keys.Schedules, cancellationToken);
        var fired = await ReadAsync(keys.Fired, cancellationToken);
        var paused = await ReadAsync(keys.PausedSchedules, cancellationToken);
        var stats = await ReadAsync(keys.ScheduleStats, cancellationToken);
        return [.. schedules.OrderBy(schedule => schedule.Key, StringComparer.Ordinal).Select(schedule => Status(
            schedule.Key, schedule.Value!, Mark(paused, schedule.Key, 1_000), Mark(fired, schedule.Key, 1), stats))];
    }

    /// <inheritdoc cref="IScheduleControl.PauseAsync"/>
    public async Task<DateTimeOffset> PauseAsync(string scheduleId, CancellationToken cancellationToken)
    {
        var since = (long)await _pause.RunAsync(
            connections.Queue, [keys.Schedules, keys.PausedSchedules], [scheduleId], cancellationToken);
        return since == 0
            ? throw await UnknownAsync(scheduleId, cancellationToken)
            : since < 0 ? DateTimeOffset.UnixEpoch : DateTimeOffset.FromUnixTimeMilliseconds(since);
    }

    /// <inheritdoc cref="IScheduleControl.ResumeAsync"/>
    public async Task<bool> ResumeAsync(string scheduleId, CancellationToken cancellationToken)
    {
        var reply = (int)await _resume.RunAsync(
            connections.Queue, [keys.Schedules, keys.PausedSchedules, keys.Fired], [scheduleId], cancellationToken);
        return reply == 0 ? throw await UnknownAsync(scheduleId, cancellationToken) : reply == 1;
    }

    private ScheduleStatus Status(
        string id, string version, DateTimeOffset? paused, DateTimeOffset? fired, Dictionary<string, RedisValue> stats)
    {
        // As JobSchedule.Version writes it; a form of some other release shows as what it is.
        var parts = version.Split('|');
        var known = parts.Length == 3;
        return new ScheduleStatus(
            id,
            known ? parts[0] : version,
            known ? parts[1] : "",
            known ? parts[2] : id,
            version,
            paused,
            fired,
            new ScheduleFireCounts(
                Number(stats, $"{id}:fired"),
                Number(stats, $"{id}:caught_up"),
                Number(stats, $"{id}:passed_over"),
                Number(stats, $"{id}:skipped"),
                TimeSpan.FromMilliseconds(Math.Clamp(Number(stats, $"{id}:lag_ms"), 0, ScheduleMark.Latest * 1_000))))
        {
            Queue = keys.QueueName,
        };
    }

    private static long Number(Dictionary<string, RedisValue> hash, string field) =>
        hash.TryGetValue(field, out var value) && value.TryParse(out long number) ? number : 0;

    // What cannot be read is shown as the Unix epoch: an unreadable pause is a pause.
    private static DateTimeOffset? Mark(Dictionary<string, RedisValue> hash, string field, long perSecond) =>
        !hash.TryGetValue(field, out var value) ? null
            : ScheduleMark.Read(value, perSecond) is not { } mark ? DateTimeOffset.UnixEpoch
            : mark == DateTimeOffset.UnixEpoch ? null : mark;

    private async Task<UnknownScheduleException> UnknownAsync(string scheduleId, CancellationToken cancellationToken)
    {
        var schedules = await ReadAsync(keys.Schedules, cancellationToken);
        return new UnknownScheduleException(scheduleId, [.. schedules.Keys.Order(StringComparer.Ordinal)]);
    }

    private async Task<Dictionary<string, RedisValue>> ReadAsync(RedisKey hash, CancellationToken cancellationToken)
    {
        var entries = await connections.Queue.HashGetAllAsync(hash).WaitAsync(cancellationToken);
        return entries.ToDictionary(entry => (string)entry.Name!, entry => entry.Value, StringComparer.Ordinal);
    }
}
