using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>
/// Reads only the environment variables of this service. The web host would also obey <c>URLS</c>, <c>HTTP_PORTS</c>,
/// <c>AllowedHosts</c> or <c>Kestrel__…</c>, which mean some other program of the same machine.
/// </summary>
internal static class OwnVariables
{
    /// <summary>The variable that chooses between Production and Development.</summary>
    public const string EnvironmentName = "DOTNET_ENVIRONMENT";

    private const string Production = "Production";

    // A test holds every setting against these.
    private static readonly string[] Prefixes =
    [
        "DASHTAM_", "DATABASE_", "JOB_", "JOBS_", "REDIS_", "SESSION_", "SSE_", "SYNC_", "TOKEN_", "WORKER_",
    ];

    private static readonly string[] Names = [EnvironmentName, "LOG_LEVEL"];

    /// <summary>Adds them as a source of configuration.</summary>
    public static IConfigurationBuilder AddOwnVariables(this IConfigurationBuilder builder) => builder.AddInMemoryCollection(Read());

    /// <summary>Those that are set.</summary>
    public static IReadOnlyDictionary<string, string?> Read()
    {
        var variables = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && IsOwn(name))
            {
                variables[name] = variable.Value as string;
            }
        }

        return variables;
    }

    /// <summary>Whether a variable is this service's.</summary>
    public static bool IsOwn(string name) =>
        Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Production, unless <see cref="EnvironmentName"/> says otherwise.</summary>
    public static string ChosenEnvironment() =>
        Environment.GetEnvironmentVariable(EnvironmentName) is { Length: > 0 } name ? name : Production;
}
