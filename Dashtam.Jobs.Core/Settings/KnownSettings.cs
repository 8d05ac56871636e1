using System.Reflection;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>The names of all settings, of both processes: a deployment gives one environment to both.</summary>
internal sealed class KnownSettings
{
    /// <summary>What is read without an options class: a job's schedule, the host's environment, the embedded Redis.</summary>
    private static readonly string[] Others = ["TOKEN_CHECK_CRON", "SESSION_CHECK_CRON", "JOBS_REDIS_PORT", "DOTNET_ENVIRONMENT"];

    /// <summary>Variables of other programs that look like ours: dashtam-api's, which may share an environment file with this service.</summary>
    private static readonly string[] Foreign = ["JOBS_REDIS_URL"];

    private static readonly string[] OurPrefixes = ["JOBS_", "JOB_", "WORKER_"];

    /// <summary>Letters that may be wrong, missing or too many in a name that does not begin as ours do.</summary>
    private const int Near = 2;

    private readonly string[] _names;

    public KnownSettings()
    {
        var settings = typeof(KnownSettings).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties())
            .Select(property => property.GetCustomAttribute<SettingAttribute>())
            .OfType<SettingAttribute>()
            .ToArray();
        _names =
        [
            .. Others, .. settings.Select(setting => setting.Name),
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

        var (best, distance) = _names.Select(known => (known, Distance(known, name.ToUpperInvariant()))).MinBy(pair => pair.Item2);
        var isOurs = Array.Exists(OurPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        nearest = distance <= (isOurs ? best.Length / 3 : Near) ? best : null;
        return isOurs || nearest is not null;
    }

    /// <summary>How many letters must be changed, added or removed to make one of the other.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (diagonal, left) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                left = Math.Min(Math.Min(row[j], left) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], left);
            }
        }

        return row[^1];
    }
}
