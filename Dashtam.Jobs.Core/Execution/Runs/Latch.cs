namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>Is set once. Most are never waited for, so what is waited for is made when somebody asks.</summary>
internal sealed class Latch
{
    private TaskCompletionSource? _source;
    private int _set;

    public bool IsSet => Volatile.Read(ref _set) == 1;

    /// <summary>Completes when it is set.</summary>
    public Task Task
    {
        get
        {
            if (IsSet)
            {
                return Task.CompletedTask;
            }

            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var source = Interlocked.CompareExchange(ref _source, made, comparand: null) ?? made;
            if (IsSet)
            {
                source.TrySetResult(); // it was set before there was anything to complete
            }

            return source.Task;
        }
    }

    /// <summary>Sets it.</summary>
    public void Set()
    {
        Interlocked.Exchange(ref _set, 1); // with a fence: who makes a source after this sees it
        Volatile.Read(ref _source)?.TrySetResult();
    }
}
