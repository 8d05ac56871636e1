using System.Net;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>Opens the connections before anything else starts, and goes on when Redis is away: it is waited for.</summary>
/// <param name="options">Where the servers are.</param>
/// <param name="queueOptions">Says where results go.</param>
/// <param name="local">What runs within the process.</param>
/// <param name="pool">The thread pool.</param>
/// <param name="refusal">Told of logins that Redis refuses.</param>
/// <param name="logger">Where the connections' fate is told.</param>
/// <param name="ofQueue">The queue whose own server this is; null: the server of <c>REDIS_URL</c>.</param>
internal sealed partial class RedisConnections(
    IOptions<RedisOptions> options, IOptions<QueueOptions> queueOptions, LocalMode local, PoolThreads pool,
    RedisRefusal refusal, ILogger<RedisConnections> logger, string? ofQueue = null)
    : IRedisConnections, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// During a failover the library waits for Sentinels on threads of the pool. On two cores that stopped everything for up to
    /// 20 s, because the pool adds one or two threads a second; with threads to spare, work goes on 0.3 s after the promotion.
    /// </summary>
    private const int ThreadsWithSentinels = 32;

    private readonly List<ConnectionMultiplexer> _opened = [];
    private readonly List<LoginWatch> _logins = [];
    private IDatabase? _queue;
    private IDatabase? _waiting;
    private IDatabase? _notices;

    public IDatabase Queue => _queue ?? throw NotStarted();

    public IDatabase Waiting => _waiting ?? throw NotStarted();

    public IDatabase Notices => _notices ?? throw NotStarted();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var queue = options.Value.Queue(local, ClientName("queue"));
        if (queue.ServiceName is not null)
        {
            pool.AtLeast(ThreadsWithSentinels);
        }

        _queue = await OpenAsync(queue, Purpose("queue", ofQueue), cancellationToken);
        CheckCluster(_queue.Multiplexer);
        _waiting = await OpenWaitingAsync(ofQueue, cancellationToken);
        _notices = options.Value.HasNoticesServer
            ? await OpenAsync(options.Value.Notices(local, ClientName("notices")), "notices", cancellationToken)
            : _queue;
    }

    /// <summary>The connections to the server that a queue has for itself; not opened yet.</summary>
    public RedisConnections OfQueue(string queue) => new(
        Options.Create(options.Value.OfQueue(queue) ?? options.Value), queueOptions, local, pool, refusal, logger, queue);

    /// <summary>For one more connection to the queue's server, whose owner opens and closes it.</summary>
    /// <param name="purpose">What the connection is called by.</param>
    public ConfigurationOptions Configuration(string purpose) => options.Value.Queue(local, ClientName(purpose));

    /// <summary>One more connection for blocking commands alone, for a further queue on this server.</summary>
    public Task<IDatabase> OpenWaitingAsync(string? queue, CancellationToken cancellationToken) =>
        OpenAsync(options.Value.Queue(local, ClientName("waiting")), Purpose("waiting", queue), cancellationToken);

    public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline)
    {
        try
        {
            var connection = BlockingRedis.Open(
                Owner(Queue.Multiplexer, key), options.Value.Queue(local, ClientName("lease")), deadline);
            Admitted(Purpose("lease", ofQueue));
            return connection;
        }
        catch (RedisServerException error) when (RedisFailure.IsCredentials(error.Message))
        {
            Refused(Purpose("lease", ofQueue), error.Message);
            throw;
        }
    }

    /// <summary>Which server owns a key, as far as is known: nothing is asked.</summary>
    internal static EndPoint Owner(IConnectionMultiplexer multiplexer, RedisKey key)
    {
        try
        {
            return multiplexer.GetServer(key).EndPoint;
        }
        catch (Exception error) when (error is RedisException or InvalidOperationException)
        {
            // None is connected (the library says so with either). A thread pool that is starved disconnects the multiplexer; the server may be well.
            return multiplexer.GetEndPoints()[0];
        }
    }

    // Not at StopAsync: what stops after this still settles its jobs.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _logins.ForEach(login => login.Dispose());
        foreach (var multiplexer in _opened)
        {
            await multiplexer.DisposeAsync();
        }
    }

    /// <summary>On Redis Cluster a result must lie in its queue's slot, or no script could write it.</summary>
    private void CheckCluster(IConnectionMultiplexer multiplexer)
    {
        if (multiplexer.IsCluster() is not true)
        {
            return;
        }

        if (!queueOptions.Value.ResultPrefix.Contains("{queue}", StringComparison.Ordinal))
        {
            throw new InvalidSettingException(
                "JOB_RESULT_PREFIX", "on Redis Cluster a value with {queue} in it is required, for example {queue}:result");
        }
    }

    private async Task<IDatabase> OpenAsync(
        ConfigurationOptions configuration, string purpose, CancellationToken cancellationToken)
    {
        var multiplexer = await ConnectAsync(configuration, purpose, cancellationToken);
        _opened.Add(multiplexer);
        RoleWatch.Begin(multiplexer);
        var login = new LoginWatch(
            configuration, () => multiplexer.IsConnected, problem => Refused(purpose, problem), () => Admitted(purpose));
        _logins.Add(login);
        multiplexer.ConnectionFailed += (_, failure) =>
        {
            LogLost(purpose, $"{failure.EndPoint}", failure.FailureType, failure.Exception?.Message ?? "no reason given");
            login.Ask(failure.EndPoint);
        };
        multiplexer.ConnectionRestored += (_, restored) =>
        {
            Admitted(purpose);
            LogRestored(purpose, $"{restored.EndPoint}");
        };
        if (multiplexer.IsConnected)
        {
            LogConnected(purpose, string.Join(", ", configuration.EndPoints));
        }
        else if (local.EmbedsRedis)
        {
            LogNoLocalRedis(string.Join(", ", configuration.EndPoints));
        }
        else
        {
            await TellWhyAsync(login, configuration, purpose);
        }

        return multiplexer.GetDatabase();
    }

    /// <summary>The library does not say whether the server is away or refuses the login: the server is asked.</summary>
    private async Task TellWhyAsync(LoginWatch login, ConfigurationOptions configuration, string purpose)
    {
        var server = configuration.ServiceName is null ? configuration.EndPoints[0] : null; // Sentinels have a login of their own
        if (server is not null && await login.AskOnceAsync(server) is { } problem)
        {
            Refused(purpose, problem);
        }
        else
        {
            LogUnreachable(purpose, string.Join(", ", configuration.EndPoints));
        }

        login.Ask(server);
    }

    /// <summary>
    /// The library connects in the background to a server that is away, but not to one whose Sentinels are: they are asked again.
    /// </summary>
    private async Task<ConnectionMultiplexer> ConnectAsync(
        ConfigurationOptions configuration, string purpose, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync(configuration.Clone()).WaitAsync(cancellationToken);
            }
            catch (RedisConnectionException error) when (configuration.ServiceName is not null)
            {
                if (attempt == 1)
                {
                    LogNoPrimary(configuration.ServiceName, purpose, string.Join(", ", configuration.EndPoints), error.Message);
                }
            }

            await Task.Delay(PauseBetweenTries, cancellationToken);
        }
    }

    private void Refused(string purpose, string problem)
    {
        if (refusal.Tell(purpose, problem))
        {
            LogRefused(purpose, problem);
        }
    }

    private void Admitted(string purpose) => refusal.Forget(purpose);

    private static string Purpose(string purpose, string? queue) => queue is null ? purpose : $"{purpose} of {queue}";

    private static string ClientName(string purpose) => $"dashtam-jobs-{Environment.ProcessId}-{purpose}";

    private static InvalidOperationException NotStarted() => new("The Redis connections are opened when the host starts.");

    [LoggerMessage(EventName = "redis_connected", Level = LogLevel.Information,
        Message = "Connected to Redis at {Endpoint} ({Purpose})")]
    private partial void LogConnected(string purpose, string endpoint);

    [LoggerMessage(EventName = "redis_unreachable", Level = LogLevel.Error,
        Message = "Cannot reach Redis at {Endpoint} ({Purpose}). Retrying. Check that Redis runs and that REDIS_URL "
            + "is right")]
    private partial void LogUnreachable(string purpose, string endpoint);

    [LoggerMessage(EventName = "redis_primary_unknown", Level = LogLevel.Error,
        Message = "The Sentinels at {Endpoint} name no primary of {Service} that answers ({Purpose}): {Problem}. "
            + "Retrying. Check the addresses, the service's name and the passwords")]
    private partial void LogNoPrimary(string service, string purpose, string endpoint, string problem);

    [LoggerMessage(EventName = "local_redis_missing", Level = LogLevel.Warning,
        Message = "Local run: nothing listens at {Endpoint} yet. Waiting for the scheduler, which embeds the Redis: "
            + "dotnet run --project Dashtam.Jobs.Scheduler")]
    private partial void LogNoLocalRedis(string endpoint);

    [LoggerMessage(EventName = "redis_connection_lost", Level = LogLevel.Warning,
        Message = "Lost the connection to Redis at {Endpoint} ({Purpose}, {Failure}): {Problem}. Reconnecting")]
    private partial void LogLost(string purpose, string endpoint, ConnectionFailureType failure, string problem);

    [LoggerMessage(EventName = "redis_login_refused", Level = LogLevel.Error,
        Message = "Redis refuses the user or the password ({Purpose}): {Problem}. If the password was changed, set "
            + "the new one in REDIS_URL (SSE_REDIS_URL for notices) and restart. Retrying with the old one")]
    private partial void LogRefused(string purpose, string problem);

    [LoggerMessage(EventName = "redis_connection_restored", Level = LogLevel.Information,
        Message = "The connection to Redis at {Endpoint} ({Purpose}) is back")]
    private partial void LogRestored(string purpose, string endpoint);
}
