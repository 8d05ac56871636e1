using System.Collections.Concurrent;
using Dashtam.Jobs.Core;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Enqueues canaries with <c>Replicated(1)</c>, one after the other, whatever happens to Redis.</summary>
internal sealed class ReplicatedLoad : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _confirmed = new();
    private Task _load = Task.CompletedTask;

    private ReplicatedLoad(IHost host) => _host = host;

    /// <summary>Ids whose enqueue returned.</summary>
    public IReadOnlyCollection<string> Confirmed => _confirmed;

    /// <summary>Enqueues that failed or whose outcome is unknown.</summary>
    public int Unconfirmed { get; private set; }

    public static async Task<ReplicatedLoad> StartAsync(string redisUrl, string queueName)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["REDIS_URL"] = redisUrl,
            ["JOBS_QUEUE_NAME"] = queueName,
        });
        builder.Services.AddJobProducer();
        var load = new ReplicatedLoad(builder.Build());
        await load._host.StartAsync();
        load._load = Task.Run(load.RunAsync);
        return load;
    }

    /// <summary>Enqueues no more; returns when the last one is decided.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _load;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var producer = _host.Services.GetRequiredService<IJobProducer>();
        var options = new EnqueueOptions { Durability = Durability.Replicated(1) };
        while (!_stop.IsCancellationRequested)
        {
            var envelope = new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "run_canary" };
            try
            {
                await producer.EnqueueAsync(envelope, options, CancellationToken.None);
                _confirmed.Enqueue(envelope.TaskId);
            }
            catch (JobsException)
            {
                Unconfirmed++;
            }
        }
    }
}
