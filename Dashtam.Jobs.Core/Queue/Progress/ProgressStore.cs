using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Bare;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Queue.Progress;

/// <summary>Where jobs' progress is kept.</summary>
internal interface IProgressStore
{
    /// <summary>Keeps a record in place of the one before.</summary>
    /// <returns>False: the delivery is no longer the caller's.</returns>
    Task<bool> WriteAsync(Delivery delivery, string taskId, byte[] json);

    /// <summary>The record that was kept last, as JSON; null: there is none, or the caller may not read it.</summary>
    Task<byte[]?> ReadAsync(Delivery delivery, string taskId, CancellationToken cancellationToken);
}

/// <summary>Progress in the queue's Redis, beside the results.</summary>
internal sealed class ProgressStore(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, BareResults bareResults) : IProgressStore
{
    private const int LargestRead = 64 * 1_024;

    private readonly RedisScript _report = RedisScript.Load("report_progress.lua");

    public async Task<bool> WriteAsync(Delivery delivery, string taskId, byte[] json)
    {
        var bare = bareResults.PlanProgress(taskId, json, delivery.HasLabelTypes);
        var settlement = await bareResults.SettleAsync(bare, async together => (Settlement)(int)await _report.RunAsync(
            connections.Queue,
            together is null
                ? [keys.Processing(delivery.Worker), keys.Progress(taskId)]
                : [keys.Processing(delivery.Worker), keys.Progress(taskId), together.Key],
            [delivery.Envelope, json, together?.Argument ?? [], options.Value.ResultTtlSeconds],
            CancellationToken.None));
        return settlement != Settlement.Fenced;
    }

    public async Task<byte[]?> ReadAsync(Delivery delivery, string taskId, CancellationToken cancellationToken)
    {
        var record = (byte[]?)await connections.Queue.StringGetRangeAsync(keys.Progress(taskId), 0, LargestRead - 1)
            .WaitAsync(cancellationToken);
        return record is { Length: > 0 and < LargestRead } ? record : null;
    }
}
