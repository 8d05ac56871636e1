using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Faults.Load;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>Reads what is left in Redis, of all queues together.</summary>
internal sealed class FinalStateReader(IServer server, IDatabase database, IReadOnlyList<QueueKeys> queues)
{
    private const int PageSize = 1_000;

    /// <summary>What is under way now; cheap enough to be asked again and again.</summary>
    public async Task<FinalState> ReadPlacesAsync()
    {
        var processing = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var keys in queues)
        {
            await foreach (var key in server.KeysAsync(pattern: $"{keys.Processing("")}*", pageSize: PageSize))
            {
                processing[key.ToString()] = await database.ListLengthAsync(key);
            }
        }

        return new FinalState
        {
            Ready = await SumAsync(keys => database.ListLengthAsync(keys.Ready)),
            Delayed = await SumAsync(keys => database.SortedSetLengthAsync(keys.Delayed)),
            Parked = await SumAsync(keys => database.SortedSetLengthAsync(keys.Parked)),
            Suspects = await SumAsync(keys => database.HashLengthAsync(keys.Suspects)),
            Processing = processing,
        };
    }

    private async Task<long> SumAsync(Func<QueueKeys, Task<long>> length) => (await Task.WhenAll(queues.Select(length))).Sum();

    /// <summary>Everything.</summary>
    public async Task<FinalState> ReadAsync()
    {
        var names = new HashSet<RedisKey>(); // a scan may name a key twice
        await foreach (var key in server.KeysAsync(pageSize: PageSize))
        {
            names.Add(key);
        }

        var results = new Dictionary<string, ResultState>(StringComparer.Ordinal);
        var bare = new Dictionary<string, bool?>(StringComparer.Ordinal);
        var all = new List<KeyState>();
        foreach (var page in names.Chunk(PageSize))
        {
            all.AddRange((await Task.WhenAll(page.Select(StateAsync))).OfType<KeyState>());
            foreach (var (taskId, result) in (await Task.WhenAll(page.Select(ResultAsync))).OfType<(string, ResultState)>())
            {
                results[taskId] = result;
            }

            foreach (var key in page.Select(key => key.ToString()).Where(key => key.StartsWith(JobMaker.IdPrefix, StringComparison.Ordinal)
                && !QueueKeys.IsProgress(key)))
            {
                bare[key] = IsError(await database.StringGetAsync(key));
            }
        }

        return await ReadPlacesAsync() with
        {
            DeadLetters = [.. (await Task.WhenAll(queues.Select(keys => database.HashValuesAsync(keys.DeadEntries)))).SelectMany(entries => entries).Select(DeadLetter)],
            Results = results,
            BareResults = bare,
            Stats = (await Task.WhenAll(queues.Select(keys => database.HashGetAllAsync(keys.Stats)))).SelectMany(counters => counters)
                .GroupBy(counter => counter.Name.ToString(), StringComparer.Ordinal)
                .ToDictionary(counter => counter.Key, counter => counter.Sum(one => (long)one.Value), StringComparer.Ordinal),
            Keys = all,
        };
    }

    /// <summary>Null when the key has come to the end of its lifetime meanwhile.</summary>
    private async Task<KeyState?> StateAsync(RedisKey key)
    {
        var type = await database.KeyTypeAsync(key);
        var length = type switch
        {
            RedisType.List => await database.ListLengthAsync(key),
            RedisType.SortedSet => await database.SortedSetLengthAsync(key),
            RedisType.Hash => await database.HashLengthAsync(key),
            RedisType.Set => await database.SetLengthAsync(key),
            RedisType.Stream => await database.StreamLengthAsync(key),
            _ => 1,
        };
        var expires = await database.KeyTimeToLiveAsync(key) is not null;
        return expires || await database.KeyExistsAsync(key)
            ? new KeyState(key.ToString(), type.ToString(), expires, length)
            : null;
    }

    private async Task<(string TaskId, ResultState Result)?> ResultAsync(RedisKey key)
    {
        var prefix = queues[0].Result("").ToString();
        return key.ToString() is var name && name.StartsWith(prefix, StringComparison.Ordinal) && !QueueKeys.IsProgress(name)
            && await database.StringGetAsync(key) is { HasValue: true } json
            ? (name[prefix.Length..], Result((byte[])json!))
            : null;
    }

    private static bool? IsError(RedisValue pickle)
    {
        try
        {
            using var document = JsonDocument.Parse(PickleReader.ToJson((byte[]?)pickle ?? []));
            return document.RootElement.GetProperty("is_err").GetBoolean();
        }
        catch (PickleException)
        {
            return null;
        }
    }

    private static ResultState Result(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var isError = root.GetProperty("is_err").GetBoolean();
        var value = root.GetProperty("return_value");
        return value.ValueKind == JsonValueKind.Object && value.TryGetProperty("fence", out var fence)
            ? new ResultState(isError, fence.GetInt64(), value.GetProperty("effect_accepted").GetInt32() == 1)
            : new ResultState(isError, Fence: null, EffectAccepted: null);
    }

    private static DeadLetterState DeadLetter(RedisValue entry)
    {
        var bytes = (byte[])entry!;
        var end = Array.IndexOf(bytes, (byte)'\n');
        using var info = JsonDocument.Parse(bytes.AsMemory(0, end));
        var taskId = info.RootElement.TryGetProperty("task_id", out var id) ? id.GetString() : null;
        return new DeadLetterState(
            info.RootElement.GetProperty("reason").GetString()!, taskId, Encoding.UTF8.GetString(bytes.AsSpan(end + 1)));
    }
}
