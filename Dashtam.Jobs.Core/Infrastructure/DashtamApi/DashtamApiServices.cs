using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>Registers dashtam-api.</summary>
internal static class DashtamApiServices
{
    /// <summary>Adds <see cref="IDashtamApi"/>. Without URL or key only a job that asks for it fails, and none is offered.</summary>
    public static IServiceCollection AddDashtamApi(this IServiceCollection services)
    {
        services.AddSettings<DashtamApiOptions>();
        services.AddSingleton<IValidateOptions<DashtamApiOptions>, DashtamApiOptionsValidator>();
        services.AddSingleton<AccessTokens>();
        services.AddHttpClient<IDashtamApi, HttpDashtamApi>(Configure)
            .RemoveAllLoggers() // a line for each request, without a name
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect would carry a user's token elsewhere; a cookie would carry one user to another's call.
                AllowAutoRedirect = false,
                UseCookies = false,
                Proxy = new ProxyBeyondLoopback(HttpClient.DefaultProxy),
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .AddResilienceHandler("dashtam-api", (pipeline, context) =>
                Resist(pipeline, context.ServiceProvider.GetRequiredService<IOptions<DashtamApiOptions>>().Value));
        return services;
    }

    private static void Configure(IServiceProvider services, HttpClient client)
    {
        var options = services.GetRequiredService<IOptions<DashtamApiOptions>>().Value;
        var url = options.Url ?? throw new InvalidOperationException("DASHTAM_API_URL is not set.");
        client.BaseAddress = url.AbsoluteUri.EndsWith('/') ? url : new Uri($"{url.AbsoluteUri}/");

        // The client's own deadline ends with the reply's headers; HttpDashtamApi has one for the whole call.
        client.Timeout = Timeout.InfiniteTimeSpan;
    }

    private static void Resist(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, DashtamApiOptions options)
    {
        if (options.Retries > 0)
        {
            pipeline.AddRetry(ApiRetries.Of(options));
        }

        pipeline.AddTimeout(TimeSpan.FromSeconds(options.TrySeconds));
    }
}
