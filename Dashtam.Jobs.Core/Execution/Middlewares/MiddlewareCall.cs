using Dashtam.Jobs.Core.Execution.Runs;

namespace Dashtam.Jobs.Core.Execution.Middlewares;

/// <summary>A run's call of one middleware, and of what comes after it.</summary>
internal sealed class MiddlewareCall(MiddlewareType[] all, int position, Run run, IServiceProvider services)
{
    private const int Open = 0;
    private const int Called = 1;
    private const int Closed = 2;

    private readonly TaskCompletionSource _restEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next;

    /// <summary>Ends when the middleware has returned, and what it called, too: the slot must not be free before.</summary>
    public async Task<JobSummary> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var middleware = all[position].Create(services);
            return await middleware.InvokeAsync(run.Context, NextAsync, cancellationToken)
                ?? throw new InvalidOperationException($"The middleware {all[position].Type.Name} returned no summary.");
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _next, Closed, Open) == Called)
            {
                await _restEnded.Task;
            }
        }
    }

    private async Task<JobSummary> NextAsync(CancellationToken cancellationToken)
    {
        // Before anything is called: who does not wait for this call must still be waited for.
        if (Interlocked.CompareExchange(ref _next, Called, Open) is not Open and var state)
        {
            throw new InvalidOperationException(state == Called
                ? $"The middleware {all[position].Type.Name} called next twice. Each run calls its handler once: throw, and the job is tried again."
                : $"The middleware {all[position].Type.Name} called next after it had returned: the run has ended by then.");
        }

        try
        {
            return await (position + 1 < all.Length
                ? new MiddlewareCall(all, position + 1, run, services).RunAsync(cancellationToken)
                : run.Job.Invoke(services, run.Context, run.Envelope.Arguments, cancellationToken));
        }
        finally
        {
            _restEnded.TrySetResult();
        }
    }
}
