using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>What starts first. The rest starts in the order of its registration and stops in the opposite one.</summary>
internal static class StartOrder
{
    private const string Server = "GenericWebHostService";

    /// <summary>
    /// Moves the web server before everything else: <c>/health/live</c> answers while Redis is awaited, and until the last job has
    /// been given back. By itself the web server starts last.
    /// </summary>
    /// <exception cref="InvalidOperationException">The web server is not there, or is called otherwise now.</exception>
    public static void StartServerFirst(this IServiceCollection services)
    {
        var server = services.SingleOrDefault(service =>
                service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == Server)
            ?? throw new InvalidOperationException($"There is no {Server} among the services.");
        services.Remove(server);
        services.Insert(0, server);
    }
}
