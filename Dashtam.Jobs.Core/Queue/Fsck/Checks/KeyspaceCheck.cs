using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Schedules;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Keys of no known name, of the wrong type, or without the lifetime that bounds them.</summary>
internal sealed class KeyspaceCheck : IFsckCheck
{
    private static readonly TimeSpan ClaimLifetime = TimeSpan.FromHours(1);

    public string Subject => "keys";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ready = await scope.Database.KeyTypeAsync(scope.Keys.Ready);
        if (ready is not (RedisType.List or RedisType.None))
        {
            yield return WrongType(scope, scope.Keys.Ready, RedisType.List, ready);
        }

        await foreach (var (key, type, ttl) in scope.DescribedKeysAsync(scope.Keys.OwnKeysPattern, cancellationToken))
        {
            if (scope.Keys.IsResult(key))
            {
                continue;
            }

            if (scope.Keys.RuleOf(key) is not { } rule)
            {
                yield return new Candidate(
                    FindingKind.UnknownKey, key,
                    $"a {type.ToString().ToLowerInvariant()} {(ttl is null ? "without" : "with")} TTL",
                    StillThere: () => scope.Database.KeyExistsAsync(key));
            }
            else if (type != rule.Type)
            {
                yield return WrongType(scope, key, rule.Type, type);
            }
            else if (ttl is null && rule.Expiry != KeyExpiry.None)
            {
                yield return WithoutTtl(scope, key, rule.Expiry);
            }
        }
    }

    internal static Candidate WrongType(FsckScope scope, RedisKey key, RedisType expected, RedisType actual) => new(
        FindingKind.WrongType, key,
        $"is a {actual.ToString().ToLowerInvariant()}, must be a {expected.ToString().ToLowerInvariant()}",
        StillThere: async () => await scope.Database.KeyTypeAsync(key) == actual);

    internal static Candidate WithoutTtl(FsckScope scope, RedisKey key, FindingKind kind, TimeSpan lifetime) => new(
        kind, key, "never expires",
        StillThere: async () =>
            await scope.Database.KeyExistsAsync(key) && await scope.Database.KeyTimeToLiveAsync(key) is null,
        Repair: () => scope.Database.KeyExpireAsync(key, lifetime));

    private static Candidate WithoutTtl(FsckScope scope, RedisKey key, KeyExpiry expiry) => expiry switch
    {
        KeyExpiry.Once => WithoutTtl(
            scope, key, FindingKind.OnceKeyWithoutTtl, TimeSpan.FromSeconds(scope.Tools.Queue.EnqueueOnceSeconds)),
        KeyExpiry.Run => WithoutTtl(scope, key, FindingKind.OnceKeyWithoutTtl, ScheduleLedger.RunRemembered),
        KeyExpiry.Worker => WithoutTtl(
            scope, key, FindingKind.WorkerHashWithoutTtl, TimeSpan.FromSeconds(scope.Tools.Lease.AboutSeconds)),
        _ => WithoutTtl(scope, key, FindingKind.KeyWithoutTtl, ClaimLifetime),
    };
}
