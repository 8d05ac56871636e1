using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Execution.Middlewares;

/// <summary>Registers middlewares.</summary>
public static class JobMiddlewares
{
    /// <summary>Puts a middleware around the handlers of all jobs, inside of those that were added before.</summary>
    /// <typeparam name="TMiddleware">The class.</typeparam>
    /// <exception cref="InvalidOperationException">It was added before, or has no public constructor.</exception>
    public static IServiceCollection AddJobMiddleware<TMiddleware>(this IServiceCollection services)
        where TMiddleware : class, IJobMiddleware
    {
        if (services.Any(service => !service.IsKeyedService && service.ImplementationInstance is MiddlewareType { Type: var type } && type == typeof(TMiddleware)))
        {
            throw new InvalidOperationException($"{typeof(TMiddleware)} is a job middleware already: add each one once.");
        }

        var create = ActivatorUtilities.CreateFactory<TMiddleware>([]);
        return services.AddSingleton(new MiddlewareType(typeof(TMiddleware), from => create(from, null)));
    }
}

/// <summary>A middleware that is registered.</summary>
/// <param name="Type">Its class.</param>
/// <param name="Create">Makes one for a run.</param>
internal sealed record MiddlewareType(Type Type, Func<IServiceProvider, IJobMiddleware> Create);
