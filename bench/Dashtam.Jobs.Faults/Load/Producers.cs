using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Load;

/// <summary>
/// Enqueues jobs at a steady rate while faults go on: half of them through our producer, half as Python does.
/// </summary>
internal sealed class Producers : IRedisConnections, IDurableConnection, IQueues, IAsyncDisposable
{
    private const int Tries = 8;

    private readonly Laboratory _lab;
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly Dictionary<string, JobQueue> _queues;
    private readonly RedisJobProducer _producer;

    private Producers(Laboratory lab, ConnectionMultiplexer multiplexer)
    {
        (_lab, _multiplexer) = (lab, multiplexer);
        var options = Options.Create(Laboratory.QueueOptions);
        var durability = Options.Create(new DurabilityOptions());
        var commons = new QueueCommons(
            options, Options.Create(new LeaseOptions()), durability, TimeProvider.System, NullLoggerFactory.Instance);
        var server = new DurableServer(this, durability);
        _queues = lab.Queues.ToDictionary(
            keys => keys.QueueName, keys => new JobQueue(keys.QueueName, this, server, commons), StringComparer.Ordinal);
        _producer = new RedisJobProducer(this, TimeProvider.System);
    }

    public JobQueue Default => _queues[_lab.Keys.QueueName];

    public JobQueue Get(string name) => _queues[name];

    public IDatabase Queue => _multiplexer.GetDatabase();

    public IDatabase Waiting => Queue;

    public IDatabase Notices => Queue;

    public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) =>
        throw new NotSupportedException("A producer has no lease.");

    public Task<IDatabase> GetAsync() => throw new NotSupportedException("These jobs are as durable as Redis' memory.");

    private HistoryRecorder History => _lab.History;

    /// <summary>Connects as the processes do, through a proxy of its own.</summary>
    public static async Task<Producers> ConnectAsync(Laboratory lab)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{lab.ProducerProxy.Port}/0");
        var options = RedisUrl.Parse("REDIS_URL", url, $"dashtam-jobs-{Environment.ProcessId}-producer");
        return new Producers(lab, await ConnectionMultiplexer.ConnectAsync(options));
    }

    /// <summary>Enqueues until it is told to stop; what has been begun is brought to its end.</summary>
    /// <param name="name">What the jobs' ids begin with.</param>
    /// <param name="maker">The jobs.</param>
    /// <param name="pause">Between two jobs.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(string name, JobMaker maker, TimeSpan pause, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(pause);
        for (var asPython = false; !stop.IsCancellationRequested; asPython = !asPython)
        {
            var job = maker.Next();
            await (asPython || job.Keywords is null ? PushAsync(name, job) : EnqueueAsync(name, job));
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();

    // As a careful caller does: an unknown outcome is asked about again under the same id, until it is known.
    private async Task EnqueueAsync(string name, LoadedJob job)
    {
        var envelope = new JobEnvelope
        {
            TaskId = job.TaskId,
            TaskName = "run_canary",
            Arguments = JobArguments.Parse("[]"u8.ToArray(), Encoding.UTF8.GetBytes(job.Keywords!)),
        };
        var enqueue = new EnqueueOptions { Delay = job.Delay, Queue = _lab.Queues[job.Queue].QueueName };
        var outcome = HistoryKind.EnqueueRefused;
        for (var attempt = 0; attempt < Tries && outcome != HistoryKind.EnqueueAcknowledged; attempt++)
        {
            try
            {
                await _producer.EnqueueAsync(envelope, enqueue, CancellationToken.None);
                outcome = HistoryKind.EnqueueAcknowledged;
            }
            catch (EnqueueOutcomeUnknownException)
            {
                outcome = HistoryKind.EnqueueUnknown;
            }
            catch (EnqueueException)
            {
                // Certainly not in the queue by this try; an earlier one may have been unknown.
            }
        }

        Tell(name, job, outcome, "producer");
    }

    // A plain LPUSH cannot be asked about again: a second one would be a second job.
    private async Task PushAsync(string name, LoadedJob job)
    {
        try
        {
            await Queue.ListLeftPushAsync(_lab.Queues[job.Queue].Ready, job.ToUtf8());
            Tell(name, job, HistoryKind.EnqueueAcknowledged, job.Keywords is null ? "malformed" : "lpush");
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            Tell(name, job, HistoryKind.EnqueueUnknown, "lpush");
        }
    }

    private void Tell(string name, LoadedJob job, HistoryKind outcome, string how) =>
        History.Add(History.Now(outcome) with { Process = name, TaskId = job.TaskId, Detail = how });
}
