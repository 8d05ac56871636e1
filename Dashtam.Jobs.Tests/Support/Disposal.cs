namespace Dashtam.Jobs.Tests.Support;

/// <summary>Ends what a test made.</summary>
internal static class Disposal
{
    /// <summary>Disposes what is there, in order: a set-up that was ignored for want of a service has made nothing.</summary>
    public static async ValueTask DisposeAllAsync(params IAsyncDisposable?[] made)
    {
        foreach (var one in made)
        {
            if (one is not null)
            {
                await one.DisposeAsync();
            }
        }
    }
}
