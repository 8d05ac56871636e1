namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>
/// Closed until it is known that this process may do in Redis whatever its scripts do: a script that is refused in its middle leaves
/// what it has taken in no place.
/// </summary>
internal sealed class AclGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it opens.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Whether it has opened.</summary>
    public bool IsOpen => _opened.Task.IsCompleted;

    /// <summary>The rights are there, or the server cannot say.</summary>
    public void Open() => _opened.TrySetResult();
}
