using System.Reflection;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>The names of all settings, of both processes: a deployment gives one environment to both.</summary>
internal sealed class KnownSettings
{
    /// <summary>What is read without an options class: the host's environment, the port of the embedded Redis.</summary>
    private static readonly string[] Others = ["JOBS_REDIS_PORT", "DOTNET_ENVIRONMENT"];

    /// <summary>Variables of other programs that look like ours: dashtam-api's, which may share an environment file with this service.</summary>
    private static readonly string[] Foreign = ["JOBS_REDIS_URL"];

    private static readonly string[] OurPrefixes = ["JOBS_", "JOB_", "WORKER_"];

    /// <summary>Letters that may be wrong, missing or too many in a name that does not begin as ours do.</summary>
    private const int Near = 2;

    private readonly string[] _names;

    public KnownSettings()
    {
        var types = typeof(KnownSettings).Assembly.GetTypes();
        var settings = types
            .SelectMany(type => type.GetProperties())
            .Select(property => property.GetCustomAttribute<SettingAttribute>())
            .OfType<SettingAttribute>()
            .ToArray();
        _names =
        [
            .. Others, .. settings.Select(setting => setting.Name),
            .. types.SelectMany(type => type.GetCustomAttributes(typeof(INameVariables), inherit: false)).Cast<INameVariables>()
                .SelectMany(names => names.Variables),
            .. settings.Where(setting => setting.Secret).Select(setting => setting.Name + SecretFile.Suffix),
        ];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether a variable is probably meant as a setting and is none.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">What it holds: says whether Kubernetes put it there.</param>
    /// <param name="nearest">The setting whose name is most like it; null: none is.</param>
    public bool IsMisspelt(string name, string value, out string? nearest)
    {
        nearest = null;
        if (_names.Concat(Foreign).Contains(name, StringComparer.OrdinalIgnoreCase) || ServiceLink.Is(name, value))
        {
            return false;
        }

        var isOurs = Array.Exists(OurPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        if (EditDistance.Nearest(_names, name.ToUpperInvariant()) is var (best, distance) && distance <= (isOurs ? best.Length / 3 : Near))
        {
            nearest = best;
        }

        return isOurs || nearest is not null;
    }
}
