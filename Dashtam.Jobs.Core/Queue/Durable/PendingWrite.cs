using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>What Redis replied to a durable write, and whether it is as durable as was asked.</summary>
/// <param name="Value">The reply to the first try that had one.</param>
/// <param name="Reached">Whether the durability was reached.</param>
/// <param name="Acknowledged">By how many replicas or disks; null: the connection was lost before it was known.</param>
internal readonly record struct DurableReply<T>(T Value, bool Reached, long? Acknowledged);

/// <summary>A write that waits for its batch, and whoever waits for it.</summary>
internal abstract class PendingWrite(QueueKeys keys, Durability durability)
{
    private int _gone;

    /// <summary>Of the queue that is written to.</summary>
    public QueueKeys Keys { get; } = keys;

    public Durability Durability { get; } = durability;

    /// <summary>Redis has replied to it at least once.</summary>
    public abstract bool Written { get; }

    /// <summary>Whoever comes first decides: the batch that takes it, or the caller that gives up before it is sent.</summary>
    public bool Take() => Interlocked.Exchange(ref _gone, 1) == 0;

    /// <summary>Sends it; never throws. An error ends it, unless an earlier try was written.</summary>
    /// <returns>Whether this try was written.</returns>
    public abstract Task<bool> WriteAsync(IDatabase database);

    /// <summary>Ends it as written.</summary>
    public abstract void End(bool reached, long? acknowledged);

    /// <summary>Ends it with an error.</summary>
    public abstract void Fail(Exception error);
}

/// <inheritdoc/>
internal sealed class PendingWrite<T>(QueueKeys keys, Durability durability, Func<IDatabase, Task<T>> write)
    : PendingWrite(keys, durability)
{
    private readonly TaskCompletionSource<DurableReply<T>> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _value;
    private bool _written;

    public override bool Written => _written;

    /// <summary>Completes when the batch has ended.</summary>
    public Task<DurableReply<T>> Reply => _reply.Task;

    public override async Task<bool> WriteAsync(IDatabase database)
    {
        try
        {
            var value = await write(database);

            // A repeat answers "was before", which is not what the caller asks.
            _value = _written ? _value : value;
            _written = true;
            return true;
        }
        catch (Exception error)
        {
            if (!_written)
            {
                Fail(error);
            }

            return false;
        }
    }

    // Written: there is a value.
    public override void End(bool reached, long? acknowledged) => _reply.TrySetResult(new(_value!, reached, acknowledged));

    public override void Fail(Exception error) => _reply.TrySetException(error);
}
