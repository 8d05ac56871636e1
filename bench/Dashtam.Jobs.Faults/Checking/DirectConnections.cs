using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.Leases;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>The server as it is, past every proxy: for whoever looks at what is left.</summary>
internal sealed class DirectConnections(IDatabase database) : IRedisConnections
{
    public IDatabase Queue => database;

    public IDatabase Waiting => database;

    public IDatabase Notices => database;

    public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) =>
        throw new NotSupportedException("Who looks at what is left has no lease.");

    /// <summary>What <c>fsck</c> finds in the queues, a line each; nothing is repaired.</summary>
    public async Task<IReadOnlyList<string>> FindInconsistenciesAsync(IReadOnlyList<QueueKeys> queues, QueueOptions options)
    {
        var found = new List<string>();
        foreach (var keys in queues)
        {
            found.AddRange(await FindInconsistenciesAsync(keys, options.Named(keys.QueueName)));
        }

        return found;
    }

    private async Task<IReadOnlyList<string>> FindInconsistenciesAsync(QueueKeys keys, QueueOptions options)
    {
        var queue = Options.Create(options);
        var lease = Options.Create(new LeaseOptions { LeaseSeconds = Lab.LabSettings.LeaseSeconds });
        var fsck = new QueueFsck(this, keys, new WorkerRegistry(this, keys, queue, lease), queue, lease, TimeProvider.System);
        var report = await fsck.RunAsync(new FsckOptions(), progress: null, CancellationToken.None);
        return
        [
            .. report.Findings
                .Where(finding => !finding.Kind.IsWarning())
                .Select(finding => $"{finding.Kind} {finding.Key}: {finding.Detail}"),
        ];
    }
}
