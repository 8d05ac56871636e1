using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Execution.Catalog;

/// <summary>Knows which handlers take nothing that belongs to one run, so that they need no scope of their own.</summary>
/// <param name="services">What is registered; read when the first job runs, when nothing more is added.</param>
internal sealed class ServiceLifetimes(IServiceCollection services)
{
    /// <summary>False when all that the handler's constructors take are singletons without a key.</summary>
    /// <remarks>What a key names may live shorter than what has the same type and no key; a scope is right for both.</remarks>
    public bool NeedsScope(Type handlerType) => handlerType.GetConstructors()
        .SelectMany(constructor => constructor.GetParameters())
        .Any(parameter => parameter.IsDefined(typeof(FromKeyedServicesAttribute), inherit: true) || !IsSingleton(parameter.ParameterType));

    private bool IsSingleton(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return services.LastOrDefault(service =>
                !service.IsKeyedService && (service.ServiceType == type || service.ServiceType == definition))
            is { Lifetime: ServiceLifetime.Singleton };
    }
}
