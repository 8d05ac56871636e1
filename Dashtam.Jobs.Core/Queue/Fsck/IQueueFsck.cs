using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>Checks a queue for what should not be, and mends it when asked. Safe on a live system.</summary>
public interface IQueueFsck
{
    /// <summary>Runs all checks, one after the other.</summary>
    /// <param name="options">How.</param>
    /// <param name="progress">Told now and then; null: nobody watches.</param>
    /// <param name="cancellationToken">Ends the run between two commands; what was repaired stays so.</param>
    /// <exception cref="RedisException">Redis cannot be reached or refused.</exception>
    Task<FsckReport> RunAsync(FsckOptions options, IProgress<FsckProgress>? progress, CancellationToken cancellationToken);
}
