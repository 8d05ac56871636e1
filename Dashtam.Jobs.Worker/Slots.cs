namespace Dashtam.Jobs.Worker;

/// <summary>Places for running jobs. A handler that ignores its cancellation keeps its place until it returns.</summary>
internal sealed class Slots(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);

    /// <summary>How many are free now.</summary>
    public int Free => _free.CurrentCount;

    /// <summary>Takes every free place; waits until there is at least one.</summary>
    public async Task<int> TakeAllAsync(CancellationToken stoppingToken)
    {
        await _free.WaitAsync(stoppingToken);
        var taken = 1;
        while (_free.Wait(0, CancellationToken.None))
        {
            taken++;
        }

        return taken;
    }

    /// <summary>Takes one place; waits until there is one.</summary>
    public Task TakeAsync(CancellationToken stoppingToken) => _free.WaitAsync(stoppingToken);

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
