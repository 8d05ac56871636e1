using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fencing;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Fence tokens from a counter in memory.</summary>
internal sealed class FakeFenceTokens : IFenceTokens
{
    private long _last;

    /// <summary>How often somebody asked.</summary>
    public int Asked { get; private set; }

    /// <summary>Whether the delivery has been given to another worker.</summary>
    public bool Lost { get; set; }

    /// <summary>What a question waits for before it is answered.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<long> NextAsync(Delivery delivery, long own, CancellationToken cancellationToken)
    {
        Asked++;
        await Gate;
        if (Lost)
        {
            throw new FencedException(delivery.Worker);
        }

        return own > 0 ? own : ++_last;
    }
}
