using System.Globalization;
using Microsoft.Extensions.Configuration;

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
        var port = HttpPort.Choose(configuration, defaultPort, mayFallOver: false).Wanted;
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/health/ready");
        using var client = new HttpClient { Timeout = Limit };
        try
        {
            using var response = await client.GetAsync(new Uri(url), CancellationToken.None);
            await Console.Out.WriteLineAsync(await response.Content.ReadAsStringAsync(CancellationToken.None));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            await Console.Out.WriteLineAsync($"{url} does not answer: {error.Message}");
            return 1;
        }
    }
}
