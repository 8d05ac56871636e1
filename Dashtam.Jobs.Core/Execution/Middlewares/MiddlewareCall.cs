using Dashtam.Jobs.Core.Execution.Runs;

namespace Dashtam.Jobs.Core.Execution.Middlewares;

/// <summary>A run's call of one middleware, and of what comes after it.</summary>
internal sealed class MiddlewareCall(MiddlewareType[] all, int position, Run run, IServiceProvider services)
{
    private Task _next = Task.CompletedTask;
    private int _called;

    /// <summary>Ends when the middleware has returned, and what it called, too: the slot must not be free before.</summary>
    public async Task<JobSummary> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var middleware = all[position].Create(services);
            return await middleware.InvokeAsync(run.Context, Next, cancellationToken)
                ?? throw new InvalidOperationException($"The middleware {all[position].Type.Name} returned no summary.");
        }
        finally
        {
            await _next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<JobSummary> Next(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _called, 1) != 0)
        {
            throw new InvalidOperationException(
                $"The middleware {all[position].Type.Name} called next twice. Each run calls its handler once: throw, and the job is tried again.");
        }

        var rest = position + 1 < all.Length
            ? new MiddlewareCall(all, position + 1, run, services).RunAsync(cancellationToken)
            : run.Job.Invoke(services, run.Context, run.Envelope.Arguments, cancellationToken);
        _next = rest;
        return rest;
    }
}
