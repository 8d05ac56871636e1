using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// A real Redis that one test has for itself: with arguments of its own, to be stopped, killed and started again. What an
/// append-only file holds survives that.
/// </summary>
internal abstract class OwnRedis(int port) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private int _removed;

    /// <summary>In StackExchange.Redis' form; the same after a restart.</summary>
    public string ConnectionString { get; } = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    protected int Port { get; } = port;

    /// <summary>Starts it, also again, and returns when it answers.</summary>
    public abstract Task StartAsync();

    /// <summary>Stops it as an operator would.</summary>
    public abstract Task StopAsync();

    /// <summary>Ends it without a chance to say goodbye.</summary>
    public abstract Task KillAsync();

    /// <summary>Lets it stand still: its connections stay open, and nothing answers.</summary>
    public abstract Task FreezeAsync();

    /// <summary>Ends <see cref="FreezeAsync"/>.</summary>
    public abstract Task ThawAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _removed, 1) == 0)
        {
            await RemoveAsync();
        }
    }

    protected abstract Task RemoveAsync();

    protected async Task WaitUntilItAnswersAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await using var connection = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},connectTimeout=1000");
                await connection.GetDatabase().PingAsync();
                return;
            }
            catch (RedisException error) when ($"{error}".Contains("NOAUTH", StringComparison.Ordinal))
            {
                return; // it answers, to those who have a name
            }
            catch (RedisException) when (!deadline.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
