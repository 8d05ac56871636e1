using System.Globalization;
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
        using var client = new HttpClient { Timeout = Limit };
        try
        {
            SettingsBinder.Bind(options, configuration);
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{options.Port ?? defaultPort}/health/ready");
            using var response = await client.GetAsync(new Uri(url), CancellationToken.None);
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
