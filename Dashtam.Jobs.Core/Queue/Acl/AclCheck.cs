using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>
/// Asks at the start, as soon as Redis answers, whether this process's user may do all that this version needs. If so, the gate opens;
/// if not, the process ends.
/// </summary>
internal sealed partial class AclCheck(
    AclRights rights, AclUser user, AclKeys keys, AclGate gate, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<AclCheck> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Asks once before the services behind this one start: a process that is refused has touched nothing.</summary>
    /// <exception cref="OperationCanceledException">It is refused: the process ends.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryAsync(cancellationToken))
        {
            await base.StartAsync(cancellationToken);
        }

        lifetime.ApplicationStopping.ThrowIfCancellationRequested();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !await TryAsync(stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>True: Redis has answered.</summary>
    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            var refused = await rights.RefusedAsync(user, IsNeeded, stoppingToken);
            if (refused.Count > 0)
            {
                Refuse(refused);
                return true;
            }

            gate.Open();
            return true;
        }
        catch (Exception error) when (RedisFailure.IsPermission(error))
        {
            Refuse(["eval"]); // not even the question
            return true;
        }
        catch (RedisServerException error) when (!RedisFailure.IsPassing(error))
        {
            LogUnknown(error.Message);
            gate.Open(); // as with a server that cannot say
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
    private bool IsNeeded(string pattern) =>
        !keys.BareResults.Contains(pattern, StringComparer.Ordinal) && !pattern.StartsWith("sse:stream:", StringComparison.Ordinal);

    private void Refuse(IReadOnlyList<string> refused)
    {
        LogOutdated(NamedList.Of(refused), user.Name);
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
