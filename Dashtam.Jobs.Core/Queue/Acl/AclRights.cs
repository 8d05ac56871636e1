using Dashtam.Jobs.Core.Infrastructure.Redis;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>Asks Redis whether the user of this process may do what the user of this version may.</summary>
/// <remarks>
/// Some commands are refused without an error: a script passes over a counter that it cannot write, so that no job is lost for it. A user
/// whose line is an earlier version's is seen only by asking.
/// </remarks>
internal sealed class AclRights(IRedisConnections connections)
{
    private readonly RedisScript _refused = RedisScript.Load("refused_commands.lua");

    /// <summary>What is refused, as <c>get on {dashtam:jobs}:parked:bytes</c>; empty also where the server cannot say.</summary>
    /// <param name="user">The user as this version needs it.</param>
    /// <param name="isAsked">Says of a pattern of keys whether it is asked about.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    public async Task<IReadOnlyList<string>> RefusedAsync(
        AclUser user, Predicate<string> isAsked, CancellationToken cancellationToken)
    {
        AclQuestion[] asked = [.. AclQuestion.Of(user, isAsked)];
        RedisValue[] words = [.. asked.SelectMany(one => one.Words.Select(word => (RedisValue)word).Prepend(one.Words.Count))];
        var refused = (long[]?)await _refused.RunAsync(connections.Queue, [], words, cancellationToken) ?? [];
        return [.. refused.Select(number => asked[number - 1].ToString())];
    }
}
