using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>
/// The variables that Kubernetes, and Docker's links, put into each container for each service of the same namespace: a service
/// <c>jobs-redis</c> gives <c>JOBS_REDIS_PORT=tcp://10.0.0.1:6379</c> and a dozen more. They are nobody's settings.
/// </summary>
internal static partial class ServiceLink
{
    /// <summary>Whether a variable is one of them.</summary>
    public static bool Is(string name, string value) =>
        Name().IsMatch(name) || (name.EndsWith("_PORT", StringComparison.OrdinalIgnoreCase) && Address().IsMatch(value));

    [GeneratedRegex("_SERVICE_HOST$|_SERVICE_PORT(_.+)?$|_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(tcp|udp|sctp)://[^/@]+:[0-9]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Address();
}
