using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>
/// Asks at the start, as soon as a queue's Redis answers, whether this process's user may do there all that this version needs. If so,
/// the queue's gate opens; if not, the process ends.
/// </summary>
/// <param name="queues">The queues that this process works for.</param>
/// <param name="user">Whose user it is, by the names of a queue's keys.</param>
/// <param name="options">How these are named.</param>
/// <param name="lifetime">The process.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where a refusal is told.</param>
internal sealed partial class AclCheck(
    IServedQueues queues, Func<QueueOptions, AclUser> user, IOptions<QueueOptions> options, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<AclCheck> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<JobQueue> _unanswered = [];

    /// <summary>Asks once before the services behind this one start: a process that is refused has touched nothing.</summary>
    /// <exception cref="OperationCanceledException">It is refused: the process ends.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var answered = await Task.WhenAll(queues.All.Select(queue => TryAsync(queue, cancellationToken)));
        _unanswered.AddRange(queues.All.Where((_, number) => !answered[number]));
        if (_unanswered.Count > 0)
        {
            await base.StartAsync(cancellationToken);
        }

        lifetime.ApplicationStopping.ThrowIfCancellationRequested();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_unanswered.Select(queue => AskAsync(queue, stoppingToken))); // each for itself: another's server may be away

    private async Task AskAsync(JobQueue queue, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !await TryAsync(queue, stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>True: the queue's Redis has answered.</summary>
    private async Task<bool> TryAsync(JobQueue queue, CancellationToken stoppingToken)
    {
        var named = options.Value.Named(queue.Name);
        var (needed, keys) = (user(named), new AclKeys(named));
        try
        {
            var refused = await new AclRights(queue.Connections).RefusedAsync(needed, pattern => IsNeeded(keys, pattern), stoppingToken);
            if (refused.Count > 0)
            {
                Refuse(needed, refused);
                return true;
            }

            queue.Rights.Open();
            return true;
        }
        catch (Exception error) when (RedisFailure.IsPermission(error))
        {
            Refuse(needed, ["eval"]); // not even the question
            return true;
        }
        catch (RedisServerException error) when (!RedisFailure.IsPassing(error))
        {
            LogUnknown(error.Message);
            queue.Rights.Open(); // as with a server that cannot say
            return true;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return false; // away: whoever works with it says so
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
    }

    // Without the one, results stand at their other key alone, and BareResults asks itself; without the other, notices are not retained.
    private static bool IsNeeded(AclKeys keys, string pattern) =>
        !keys.BareResults.Contains(pattern, StringComparer.Ordinal) && !pattern.StartsWith("sse:stream:", StringComparison.Ordinal);

    private void Refuse(AclUser needed, IReadOnlyList<string> refused)
    {
        LogOutdated(NamedList.Of(refused), needed.Name);
        Environment.ExitCode = StartupFailure.ExitCode;
        lifetime.StopApplication();
    }

    [LoggerMessage(EventName = "redis_user_outdated", Level = LogLevel.Critical,
        Message = "The Redis user in REDIS_URL lacks rights that this version needs: {Refused}. A script that is refused half-way could lose a job, "
            + "so this process ends. Replace the user's line with the line of dashtam-{User} in docs/reference/redis-acl.md")]
    private partial void LogOutdated(string refused, string user);

    [LoggerMessage(EventName = "redis_rights_unknown", Level = LogLevel.Warning,
        Message = "Cannot ask Redis what the user in REDIS_URL may do: {Problem}. This process goes on. Compare the user's line with "
            + "docs/reference/redis-acl.md")]
    private partial void LogUnknown(string problem);
}
