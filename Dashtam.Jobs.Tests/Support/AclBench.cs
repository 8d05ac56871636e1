using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A Redis with the users that the command <c>acl</c> prints.</summary>
internal sealed class AclBench : IAsyncDisposable
{
    private readonly OwnRedis _redis;

    private AclBench(OwnRedis redis, TestQueue all)
    {
        _redis = redis;
        All = all;
    }

    /// <summary>The queue as the default user, who may do everything.</summary>
    public TestQueue All { get; }

    public static async Task<AclBench> StartAsync(string queue, QueueOptions options)
    {
        var redis = await TestServices.StartOwnRedisAsync();
        var bench = new AclBench(redis, await TestQueue.CreateOnAsync(redis.ConnectionString, options, name: queue));
        foreach (var user in new AclUsers(new AclSettings(options)).OnQueue)
        {
            await bench.All.Queue.ExecuteAsync("ACL", ["SETUSER", .. user.ToString().Split(' ')]);
        }

        return bench;
    }

    /// <summary>The queue as one of the users.</summary>
    public Task<TestQueue> AsAsync(string user) => TestQueue.CreateOnAsync(
        $"{_redis.ConnectionString},user=dashtam-{user},password=change-me-{user},$CONFIG=,tiebreaker=,configChannel=,setlib=false", All);

    /// <summary>What Redis answers to who asks whether a user may do something; null: it may.</summary>
    public async Task<string?> RefusalAsync(string user, params string[] command)
    {
        var reply = (string)(await All.Queue.ExecuteAsync("ACL", ["DRYRUN", $"dashtam-{user}", .. command]))!;
        return reply == "OK" ? null : reply;
    }

    /// <summary>What was refused, and to whom.</summary>
    public static async Task<IReadOnlyList<string>> DeniedAsync(IDatabase admin)
    {
        var log = await admin.ExecuteAsync("ACL", "LOG");
        return
        [
            .. Enumerable.Range(0, log.Length).Select(i => log[i].ToDictionary())
                .Select(entry => $"{entry["username"]}: {entry["reason"]} {entry["object"]}, {entry["context"]}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await All.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
