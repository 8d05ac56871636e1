using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Progress;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution.Progress;

/// <summary>How far a run says that it has come: at most two records a second are written, and the last one before the result.</summary>
internal sealed class JobProgress(IProgressStore store, Delivery delivery, string taskId, TimeProvider time)
{
    /// <summary>From one record to the next.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _pending;
    private byte[]? _meta;
    private bool _knowsMeta;
    private bool _isFenced;
    private bool _isSending;
    private long? _sentAt;
    private Task _sending = Task.CompletedTask;

    /// <summary>Writes the record now, or within half a second: a later one takes its place until then.</summary>
    /// <param name="state">Any text.</param>
    /// <param name="meta">JSON; null: that of the record before, be it an earlier attempt's.</param>
    /// <param name="cancellationToken">Ends the wait for Redis.</param>
    /// <exception cref="FencedException">The job is no longer this run's.</exception>
    public async Task ReportAsync(string state, byte[]? meta, CancellationToken cancellationToken)
    {
        meta ??= await FormerMetaAsync(cancellationToken);
        Task? written = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closing.Task.IsCompleted && !_isFenced, typeof(JobProgress));
            (_meta, _knowsMeta) = (meta, true);
            _pending = ProgressRecord.ToUtf8(state, meta);
            if (!_isFenced && !_isSending)
            {
                _isSending = true;
                var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                written = UntilDue() <= TimeSpan.Zero ? first.Task : null;
                _sending = SendAsync(first);
            }
        }

        if (written is not null)
        {
            await written.WaitAsync(cancellationToken);
        }

        if (Volatile.Read(ref _isFenced))
        {
            throw new FencedException(delivery.Worker);
        }
    }

    /// <summary>Writes what has not been written. Nothing is written after it.</summary>
    public Task FlushAsync()
    {
        _closing.TrySetResult();
        lock (_lock)
        {
            return _sending;
        }
    }

    private async Task<byte[]?> FormerMetaAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_knowsMeta)
            {
                return _meta;
            }
        }

        try
        {
            return await store.ReadAsync(delivery, taskId, cancellationToken) is { } record ? ProgressRecord.Meta(record) : null;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return null; // a run does not fail because nobody can say how far its forerunner came
        }
    }

    private TimeSpan UntilDue() => _sentAt is { } at ? Interval - time.GetElapsedTime(at) : TimeSpan.Zero;

    /// <summary>Writes until nothing is left to write.</summary>
    private async Task SendAsync(TaskCompletionSource first)
    {
        while (HasPending())
        {
            if (UntilDue() is { Ticks: > 0 } left)
            {
                await Task.WhenAny(Task.Delay(left, time), _closing.Task);
            }

            byte[] record;
            lock (_lock)
            {
                (record, _pending, _sentAt) = (_pending!, null, time.GetTimestamp()); // only this loop takes one
            }

            await WriteAsync(record);
            first.TrySetResult();
        }
    }

    private bool HasPending()
    {
        lock (_lock)
        {
            return _isSending = _pending is not null && !_isFenced;
        }
    }

    private async Task WriteAsync(byte[] record)
    {
        try
        {
            if (!await store.WriteAsync(delivery, taskId, record))
            {
                Volatile.Write(ref _isFenced, true);
            }
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            lock (_lock)
            {
                _pending ??= _closing.Task.IsCompleted ? null : record; // tried again in half a second, unless the run ends
            }
        }
    }
}
