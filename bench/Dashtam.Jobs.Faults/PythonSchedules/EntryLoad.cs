using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Writes, overwrites and unschedules entries as TaskIQ's sources do.</summary>
internal sealed class EntryLoad(IDatabase redis, QueueKeys keys, EntryBytes bytes)
{
    private readonly ScheduleSource _source = new(Options.Create(new QueueOptions()));

    public List<LoadedEntry> Entries { get; } = [];

    /// <summary>The odd ones' names, and their bytes.</summary>
    public Dictionary<string, byte[]> Odd { get; } = new(StringComparer.Ordinal);

    public async Task AddAsync(LoadedEntry entry)
    {
        Entries.Add(entry);
        await WriteAsync(entry);
    }

    /// <summary>Writes one that is among the entries already.</summary>
    public Task AddLaterAsync(LoadedEntry entry) => WriteAsync(entry);

    /// <summary>Many that never fire.</summary>
    public async Task AddIdleAsync(int count)
    {
        foreach (var some in Enumerable.Range(0, count).Chunk(1_000))
        {
            var writes = some.Select(i => redis.StringSetAsync(
                _source.Entry(ScheduleSource.Listed($"idle-{i}")), bytes.Make($"idle-{i}", new EntryTiming.Idle(), i % 2 == 0)));
            await Task.WhenAll(writes);
            await redis.ListRightPushAsync(_source.Crons, [.. some.Select(i => (RedisValue)$"idle-{i}")]);
        }
    }

    public async Task AddOddAsync(int i)
    {
        byte[] odd = (i % 4) switch
        {
            0 => [0x80, 4, (byte)'c', (byte)'o', (byte)'s', (byte)'\n'],
            1 => "{\"task_name\": 1}"u8.ToArray(),
            2 => Replace(bytes.Make($"odd-{i}", new EntryTiming.Every(5), isPickle: false), "check_expiring_tokens", "of_another_program"),
            _ => Replace(bytes.Make($"odd-{i}", new EntryTiming.Every(5), isPickle: false), "\"labels\": {", "\"labels\": {\"queue_name\": \"another\", "),
        };
        var isListed = i % 2 == 0 || i % 3 == 0;
        var name = isListed ? ScheduleSource.Listed($"odd-{i}") : $"odd-{i}";
        Odd[name] = odd;
        await redis.StringSetAsync(_source.Entry(name), odd);
        if (isListed)
        {
            await redis.ListRightPushAsync(_source.Intervals, $"odd-{i}");
        }
    }

    public async Task UnscheduleAsync(LoadedEntry entry)
    {
        entry.FirstSeen = await FirstSeenAsync(entry);
        await redis.StringGetDeleteAsync(_source.Entry(entry.Name));
        entry.UnscheduledAt = TimeProvider.System.GetUtcNow();
        if (entry.IsListed)
        {
            await redis.ListRemoveAsync(ListOf(entry), entry.Id);
        }
    }

    /// <summary>Puts a time off.</summary>
    public async Task OverwriteAsync(LoadedEntry entry, DateTimeOffset later)
    {
        entry.OverwrittenTime = ((EntryTiming.At)entry.Timing).Instant;
        entry.Timing = new EntryTiming.At(later);
        await WriteAsync(entry);
    }

    public async Task<DateTimeOffset?> FirstSeenAsync(LoadedEntry entry) =>
        EntryState.Parse(await redis.HashGetAsync(keys.PythonEntries, entry.Name))?.FirstSeen;

    /// <summary>The odd entries that are as they were.</summary>
    public async Task<int> UntouchedAsync()
    {
        var untouched = 0;
        foreach (var (name, odd) in Odd)
        {
            byte[]? found = await redis.StringGetAsync(_source.Entry(name));
            untouched += found is not null && odd.AsSpan().SequenceEqual(found) ? 1 : 0;
        }

        return untouched;
    }

    private async Task WriteAsync(LoadedEntry entry)
    {
        await redis.StringSetAsync(_source.Entry(entry.Name), bytes.Make(entry.Id, entry.Timing, entry.IsPickle));
        if (entry.IsListed)
        {
            await redis.ListRightPushAsync(ListOf(entry), entry.Id);
        }
    }

    private RedisKey ListOf(LoadedEntry entry) => entry.Timing switch
    {
        EntryTiming.At at => _source.Minute(at.Instant),
        EntryTiming.Every => _source.Intervals,
        _ => _source.Crons,
    };

    private static byte[] Replace(byte[] json, string old, string @new) => System.Text.Encoding.UTF8.GetBytes(
        System.Text.Encoding.UTF8.GetString(json).Replace(old, @new, StringComparison.Ordinal));
}
