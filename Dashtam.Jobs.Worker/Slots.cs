namespace Dashtam.Jobs.Worker;

/// <summary>Places for running jobs. A handler that ignores its cancellation keeps its place until it returns.</summary>
internal sealed class Slots(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);
    private volatile bool _busy;

    /// <summary>Whether there is no place for another job: then no fetch is expected.</summary>
    public bool Busy
    {
        get => _busy;
        set => _busy = value;
    }

    /// <summary>Takes every free place; waits until there is at least one.</summary>
    public async Task<int> TakeAllAsync(CancellationToken stoppingToken)
    {
        _busy = _free.CurrentCount == 0;
        await _free.WaitAsync(stoppingToken);
        _busy = false;
        var taken = 1;
        while (_free.Wait(0, CancellationToken.None))
        {
            taken++;
        }

        return taken;
    }

    /// <summary>Gives places back.</summary>
    public void Release(int count = 1)
    {
        if (count > 0)
        {
            _free.Release(count);
        }
    }

    public void Dispose() => _free.Dispose();
}
