using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>The queue's server once more, for durable writes alone: their waits block it.</summary>
internal interface IDurableConnection
{
    /// <summary>Opens it at the first call; returns also when Redis is away.</summary>
    Task<IDatabase> GetAsync();
}

/// <summary>Opened by the first durable write: most processes make none.</summary>
internal sealed class DurableConnection(RedisConnections server, IOptions<DurabilityOptions> durability)
    : IDurableConnection, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _opening;

    public async Task<IDatabase> GetAsync()
    {
        Task<ConnectionMultiplexer> opening;
        lock (_gate)
        {
            if (_opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _opening = OpenAsync();
            }

            opening = _opening;
        }

        return (await opening).GetDatabase();
    }

    public async ValueTask DisposeAsync()
    {
        if (_opening is { IsCompletedSuccessfully: true } opened)
        {
            await (await opened).DisposeAsync();
        }
    }

    private Task<ConnectionMultiplexer> OpenAsync()
    {
        var options = server.Configuration("durable");

        // A wait takes its time; the client's deadline comes after it.
        options.AsyncTimeout += durability.Value.WaitMs;
        return ConnectionMultiplexer.ConnectAsync(options);
    }
}
