using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.DeadLetters;

/// <summary>Ends dead letters that are older than <c>JOBS_DEAD_MAX_DAYS</c>.</summary>
internal interface IDeadLetterExpiry
{
    /// <summary>Removes the oldest of them, <see cref="DeadLetterExpiry.RemovedAtOnce"/> at most.</summary>
    Task<ExpiredLetters> ExpireAsync(CancellationToken cancellationToken);
}

/// <summary>Dead letters that were removed.</summary>
/// <param name="Removed">How many.</param>
/// <param name="Names">Of the first ones the task id, or else the number.</param>
internal sealed record ExpiredLetters(int Removed, IReadOnlyList<string> Names);

/// <summary>The same in Redis.</summary>
internal sealed class DeadLetterExpiry(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, TimeProvider time) : IDeadLetterExpiry
{
    /// <summary>Dead letters that one call removes at most: the script stays short.</summary>
    internal const int RemovedAtOnce = 1_000;

    /// <summary>How many of them are named.</summary>
    internal const int Named = FirstLines.Most;

    private const int LargestEntryRead = 256 * 1_024;

    private readonly RedisScript _expire = RedisScript.Load("expire_dead.lua");

    public async Task<ExpiredLetters> ExpireAsync(CancellationToken cancellationToken)
    {
        var reply = await _expire.RunAsync(
            connections.Queue,
            [keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Stats],
            [
                (long)TimeSpan.FromDays(options.Value.DeadMaxDays).TotalMilliseconds, time.GetUtcNow().ToUnixTimeMilliseconds(),
                RemovedAtOnce, Named, LargestEntryRead,
            ],
            cancellationToken);
        var names = ((RedisResult[])reply!).Skip(1).Chunk(2).Select(letter => Name((string)letter[0]!, (string)letter[1]!));
        return new ExpiredLetters((int)reply[0], [.. names]);
    }

    private static string Name(string number, string info)
    {
        try
        {
            if (JsonSerializer.Deserialize(info, DeadLetterJson.Default.DeadLetterInfo)?.TaskId is { } taskId)
            {
                return Cut.Name(taskId);
            }
        }
        catch (JsonException)
        {
            // A foreign entry, or one that is too large to be read for this.
        }

        return $"number {number}";
    }
}
