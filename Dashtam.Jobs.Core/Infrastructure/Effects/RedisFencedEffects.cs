using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Core.Infrastructure.Effects;

/// <summary>Effects in the queue's Redis; forgotten a day after the last one of a name.</summary>
internal sealed class RedisFencedEffects(IRedisConnections connections, QueueKeys keys) : IFencedEffects
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly RedisScript _record = RedisScript.Load("record_effect.lua");

    public async Task<EffectReply> RecordAsync(string name, long fenceToken, CancellationToken cancellationToken)
    {
        var reply = await _record.RunAsync(
            connections.Queue, [keys.CanaryEffect(name)], [fenceToken, (long)Remembered.TotalSeconds], cancellationToken);
        return new EffectReply((int)reply[0] == 1, (long)reply[1]);
    }
}
