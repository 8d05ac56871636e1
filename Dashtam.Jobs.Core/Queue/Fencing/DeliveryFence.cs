namespace Dashtam.Jobs.Core.Queue.Fencing;

/// <summary>The fence token of one delivery: asked for when a job wants it, the same one from then on.</summary>
internal sealed class DeliveryFence(IFenceTokens tokens, Delivery delivery)
{
    private readonly Lock _lock = new();
    private long _own;
    private Task<long>? _asking;

    /// <inheritdoc cref="IFenceTokens.NextAsync"/>
    public Task<long> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Two calls at once share one question, or each would get a number of its own.
            if (_asking is not { IsCompleted: false })
            {
                _asking = AskAsync();
            }

            return _asking.WaitAsync(cancellationToken);
        }
    }

    private async Task<long> AskAsync()
    {
        var number = await tokens.NextAsync(delivery, Interlocked.Read(ref _own), CancellationToken.None);
        Interlocked.Exchange(ref _own, number);
        return number;
    }
}
