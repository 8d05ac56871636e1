using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Execution.Middlewares;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Execution.Timeouts;

/// <summary>The handler, and the middlewares around it, in a dependency injection scope of its own where it needs one.</summary>
internal sealed class HandlerCall(
    IServiceScopeFactory scopes, IServiceProvider services, ServiceLifetimes lifetimes, IEnumerable<MiddlewareType> middlewares)
{
    private readonly MiddlewareType[] _middlewares = [.. middlewares];
    private readonly ConcurrentDictionary<Type, bool> _needsScope = new();

    public async ValueTask<JobOutcome> RunAsync(Run run)
    {
        try
        {
            var summary = _needsScope.GetOrAdd(run.Job.HandlerType, static (type, all) => all.NeedsScope(type), this)
                ? await RunInScopeAsync(run)
                : await InvokeAsync(run, services);
            return new JobOutcome.Succeeded(
                summary ?? throw new InvalidOperationException($"{run.Job.HandlerType.Name} returned no summary"));
        }
        catch (Exception error)
        {
            return Judge(run, error);
        }
    }

    private async Task<JobSummary> RunInScopeAsync(Run run)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await InvokeAsync(run, scope.ServiceProvider);
    }

    private bool NeedsScope(Type handler) =>
        lifetimes.NeedsScope(handler) || _middlewares.Any(middleware => lifetimes.NeedsScope(middleware.Type));

    private Task<JobSummary> InvokeAsync(Run run, IServiceProvider from) => _middlewares.Length == 0
        ? run.Job.Invoke(from, run.Context, run.Envelope.Arguments, run.Token)
        : new MiddlewareCall(_middlewares, 0, run, from).RunAsync(run.Token);

    // Whatever a handler throws after it was cancelled is taken for the cancellation: drivers wrap it in errors of their own. Another
    // handler asked for a fence token before the heartbeat knew that the worker was recovered.
    private static JobOutcome Judge(Run run, Exception error) => run.CancelledOutcome ?? (error is FencedException
        ? new JobOutcome.Fenced()
        : new JobOutcome.Failed(JobError.From(error), error, MayRetry: error is not JobArgumentException));
}
