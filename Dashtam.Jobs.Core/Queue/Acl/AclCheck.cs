using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>Says once, at the start, what this process's user of Redis may not do although this version needs it.</summary>
internal sealed partial class AclCheck(AclRights rights, AclUser user, AclKeys keys, TimeProvider time, ILogger<AclCheck> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !await TryAsync(stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            var bare = keys.BareResults; // a right of its own, which BareResults asks for
            var refused = await rights.RefusedAsync(user, pattern => !bare.Contains(pattern, StringComparer.Ordinal), stoppingToken);
            if (refused.Count > 0)
            {
                LogOutdated(NamedList.Of(refused), user.Name);
            }

            return true;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return false; // away, or no script may be called: whoever works with it says so
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
    }

    [LoggerMessage(EventName = "redis_user_outdated", Level = LogLevel.Warning,
        Message = "The user in REDIS_URL may not do all that this version needs: {Refused}. Some of that fails without an error: counters "
            + "stand still, and JOBS_PARKED_MAX_BYTES bounds nothing. Replace the user's line by that of dashtam-{User} in docs/reference/redis-acl.md")]
    private partial void LogOutdated(string refused, string user);
}
