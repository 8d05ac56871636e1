using System.Net;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Asks a running process whether it is ready, for a container image that has no curl: <c>--health</c>.</summary>
internal static class HealthProbe
{
    /// <summary>The argument that asks for it.</summary>
    public const string Argument = "--health";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <returns>The exit code: 0 ready, 1 not ready or no answer.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration, int defaultPort)
    {
        var options = new HttpOptions();
        // Loopback is never behind a proxy, whatever HTTP_PROXY says.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Limit };
        try
        {
            SettingsBinder.Bind(options, configuration);
            var server = new IPEndPoint(options.OwnAddress, options.Port ?? defaultPort);
            using var response = await client.GetAsync(new Uri($"http://{server}/health/ready"), CancellationToken.None);
            await Console.Out.WriteLineAsync(await response.Content.ReadAsStringAsync(CancellationToken.None));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or OptionsValidationException)
        {
            await Console.Out.WriteLineAsync($"not ready: {error.Message}");
            return 1;
        }
    }
}
