using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Leaving;

/// <summary>What <c>give_back.lua</c> asks of Redis.</summary>
[Category("Integration")]
internal sealed class GiveBackTests
{
    [TestCase(false, ExpectedResult = 0)]
    [TestCase(true, ExpectedResult = 1)]
    public async Task<long> The_count_of_moves_is_asked_for_only_where_the_exit_keeps_it(bool hangs)
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        var held = await queue.HoldAsync("w", "job"u8.ToArray());
        var server = queue.Queue.Multiplexer.GetServers()[0];
        var before = await CommandStats.CallsAsync(server, "hget");

        var settled = await queue.Jobs.LeaveAsync(held[0], new Exit.GivenBack(hangs), CancellationToken.None);

        Assert.That((settled, await queue.ReadyAsync()), Is.EqualTo((Settlement.Done, 1)));
        return await CommandStats.CallsAsync(server, "hget") - before;
    }
}
