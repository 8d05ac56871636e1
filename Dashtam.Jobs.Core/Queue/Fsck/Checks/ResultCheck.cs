using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Results that are no text, or that would be kept for ever. Bare keys have no pattern, and are not looked for.</summary>
internal sealed class ResultCheck : IFsckCheck
{
    public string Subject => "results";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lifetime = TimeSpan.FromSeconds(scope.Tools.Queue.ResultTtlSeconds);
        await foreach (var (key, type, ttl) in scope.DescribedKeysAsync(scope.Keys.ResultsPattern, cancellationToken))
        {
            if (type != RedisType.String)
            {
                yield return KeyspaceCheck.WrongType(scope, key, RedisType.String, type);
            }
            else if (ttl is null)
            {
                yield return KeyspaceCheck.WithoutTtl(scope, key, FindingKind.ResultWithoutTtl, lifetime);
            }
        }
    }
}
