using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>Looks every ten seconds whether Redis still has each queue's data, and once whether it may throw them away.</summary>
internal sealed partial class EpochLoop(IServedQueues queues, TimeProvider time, ILogger<EpochLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(queues.All.Select(queue => LookAsync(queue, stoppingToken))); // each for itself: another's server may be away

    private async Task LookAsync(JobQueue queue, CancellationToken stoppingToken)
    {
        var policyChecked = false;
        await queue.Rights.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await queue.Epoch.LookAsync(stoppingToken);
                if (!policyChecked)
                {
                    await CheckPolicyAsync(queue, stoppingToken);
                    policyChecked = true;
                }
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

    private async Task CheckPolicyAsync(JobQueue queue, CancellationToken stoppingToken)
    {
        try
        {
            var memory = await RedisMemory.ReadAsync(queue.Connections.Queue, queue.Keys.Ready).WaitAsync(stoppingToken);
            if (memory.Evicts)
            {
                LogJobsCanVanish(memory.Policy ?? "");
            }
        }
        catch (Exception error) when (error is RedisServerException or RedisCommandException)
        {
            LogPolicyUnreadable(error.Message); // a user with few rights is no error
        }
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
