using System.Text.Json;
using Dashtam.Jobs.Core.Execution.Progress;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>What a run may know of itself.</summary>
/// <param name="TaskId">The id that the producer gave it; any text.</param>
/// <param name="JobName">The job's own name, also when the producer used the long Python one.</param>
/// <param name="Attempt">1 for the first run.</param>
/// <param name="MaxAttempts">Runs in all, this one included.</param>
/// <param name="Worker">The name under which the worker holds the job.</param>
/// <param name="Labels">The envelope's labels.</param>
public sealed record JobContext(
    string TaskId, string JobName, int Attempt, int MaxAttempts, string Worker, JobLabels Labels)
{
    /// <summary>The queue that the job was taken from; its fence tokens compare with those of jobs of this queue alone.</summary>
    public string Queue { get; init; } = "";

    /// <summary>Where the run's fence token comes from.</summary>
    internal DeliveryFence? Fence { get; init; }

    /// <summary>Where the run's progress goes.</summary>
    internal IProgressSource? Progress { get; init; }

    /// <summary>
    /// Says how far the run has come, for whoever asks TaskIQ's <c>get_progress()</c>. At most twice a second a record is written,
    /// always the latest; the last one before the job's result. While Redis is away the record waits.
    /// </summary>
    /// <param name="state">Any text; TaskIQ's own are <c>STARTED</c>, <c>RETRY</c>, <c>SUCCESS</c> and <c>FAILURE</c>.</param>
    /// <param name="meta">Anything that JSON can hold; null keeps what was said before, be it by an earlier attempt.</param>
    /// <param name="cancellationToken">Ends the wait for Redis.</param>
    /// <exception cref="FencedException">The job is no longer this run's: end it.</exception>
    public Task ReportProgressAsync(string state, object? meta = null, CancellationToken cancellationToken = default) =>
        (Progress ?? throw new InvalidOperationException("This context belongs to no delivery, so it has no progress."))
        .Open().ReportAsync(
            state, meta is null ? null : JsonSerializer.SerializeToUtf8Bytes(meta, ArgumentJson.Options), cancellationToken);

    /// <summary>
    /// A number that is higher than that of every earlier delivery of this queue's jobs, and the same whenever this run asks.
    /// Hand it to a store that keeps the highest one it has seen and refuses lower ones: then a run that was paused, and whose
    /// job another worker has taken over meanwhile, can no longer write (<c>docs/architecture/fencing.md</c>).
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for Redis.</param>
    /// <returns>Above 0; at most 2^53.</returns>
    /// <exception cref="FencedException">The job is no longer this run's: end it.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis cannot be asked; the same call may be tried again.</exception>
    public Task<long> GetFenceTokenAsync(CancellationToken cancellationToken) =>
        (Fence ?? throw new InvalidOperationException("This context belongs to no delivery, so there is nothing to fence."))
        .GetAsync(cancellationToken);
}
