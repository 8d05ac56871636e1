using System.Collections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>Says at the start which variables look like settings and are none: a misspelt one would be ignored in silence.</summary>
internal sealed partial class UnknownSettings(ILogger<UnknownSettings> logger) : IHostedService
{
    private const int MostTold = 10;
    private const int LongestName = 100;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var known = new KnownSettings();
        var told = 0;
        // Not the configuration: that holds only what has one of our prefixes, and a misspelt name may have none.
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is not { Key: string name, Value: string value } || name.Length > LongestName || !known.IsMisspelt(name, value, out var nearest))
            {
                continue;
            }

            LogUnknown(SettingText.Shown(name), nearest is null ? "see docs/reference/settings.md" : $"was {nearest} meant?");
            if (++told == MostTold)
            {
                break;
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Never the value: whose variable it is, and how secret, nobody here knows.
    [LoggerMessage(EventName = "setting_unknown", Level = LogLevel.Warning,
        Message = "The environment variable {Variable} looks like a setting of this service and is none; it is ignored: {Hint}")]
    private partial void LogUnknown(string variable, string hint);
}
