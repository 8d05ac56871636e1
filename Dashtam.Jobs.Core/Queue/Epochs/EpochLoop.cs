using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Acl;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Epochs;

/// <summary>Looks every ten seconds whether Redis still has its data, and once whether it may throw them away.</summary>
internal sealed partial class EpochLoop(
    EpochWatch watch, IRedisConnections connections, QueueKeys keys, AclGate rights, TimeProvider time, ILogger<EpochLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private bool _policyChecked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await rights.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await watch.LookAsync(stoppingToken);
                await CheckPolicyAsync(stoppingToken);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // Away, or full: whoever works with it says so, and the next look compares with the last one that succeeded.
                LogNotLooked(error.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CheckPolicyAsync(CancellationToken stoppingToken)
    {
        if (_policyChecked)
        {
            return;
        }

        try
        {
            var memory = await RedisMemory.ReadAsync(connections.Queue, keys.Ready).WaitAsync(stoppingToken);
            if (memory.Evicts)
            {
                LogJobsCanVanish(memory.Policy ?? "");
            }
        }
        catch (Exception error) when (error is RedisServerException or RedisCommandException)
        {
            LogPolicyUnreadable(error.Message); // a user with few rights is no error
        }

        _policyChecked = true;
    }

    [LoggerMessage(EventName = "jobs_can_vanish", Level = LogLevel.Warning,
        Message = "Redis' maxmemory-policy is {Policy}: a full Redis deletes keys, jobs, results and schedules among "
            + "them. Set the policy to noeviction (CONFIG SET maxmemory-policy noeviction, and in redis.conf)")]
    private partial void LogJobsCanVanish(string policy);

    [LoggerMessage(EventName = "eviction_policy_unreadable", Level = LogLevel.Debug,
        Message = "Cannot read Redis' maxmemory-policy: {Problem}. It should be noeviction")]
    private partial void LogPolicyUnreadable(string problem);

    [LoggerMessage(EventName = "redis_data_not_looked_at", Level = LogLevel.Debug,
        Message = "Cannot check whether Redis still has its data: {Problem}. Retrying")]
    private partial void LogNotLooked(string problem);
}
