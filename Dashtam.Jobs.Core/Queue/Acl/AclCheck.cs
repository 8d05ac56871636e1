using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

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
            var bare = keys.BareResults; // a right of its own, which BareResults asks for
            var refused = await rights.RefusedAsync(user, pattern => !bare.Contains(pattern, StringComparer.Ordinal), stoppingToken);
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
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return false; // away: whoever works with it says so
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private void Refuse(IReadOnlyList<string> refused)
    {
        LogOutdated(NamedList.Of(refused), user.Name);
        Environment.ExitCode = StartupFailure.ExitCode;
        lifetime.StopApplication();
    }

    [LoggerMessage(EventName = "redis_user_outdated", Level = LogLevel.Critical,
        Message = "The user in REDIS_URL may not do all that this version needs: {Refused}. A script that is refused half-way could lose a job, "
            + "so this process ends before it takes part. Replace the user's line by that of dashtam-{User} in docs/reference/redis-acl.md")]
    private partial void LogOutdated(string refused, string user);
}
