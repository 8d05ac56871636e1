using System.ComponentModel.DataAnnotations;
using System.Net;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Where a process serves its health and, later, its metrics and pages.</summary>
internal sealed class HttpOptions
{
    /// <summary>The value of <see cref="Bind"/> that means every address of the machine, IPv6 included.</summary>
    public const string Everywhere = "*";

    /// <summary>
    /// Where <c>/health/live</c> and <c>/health/ready</c> are served; in a local run a taken port is replaced by a free one, with a
    /// line in the log.
    /// </summary>
    [Setting("JOBS_HTTP_PORT", ReadBy = SettingReaders.Both, Default = "8080 (S), 8081 (W)")]
    [Display(Name = "JOBS_HTTP_PORT"), Range(1, 65_535)]
    public int? Port { get; set; }

    /// <summary>The address on which health is served; the images set <c>*</c>.</summary>
    [Setting("JOBS_HTTP_BIND", ReadBy = SettingReaders.Both, Allowed = "an IP address of this machine, or * for all of them")]
    [Display(Name = "JOBS_HTTP_BIND"), BindAddress]
    public string Bind { get; set; } = IPAddress.Loopback.ToString();

    /// <summary><see cref="Bind"/> as an address.</summary>
    public IPAddress Address => Bind == Everywhere ? IPAddress.IPv6Any : IPAddress.Parse(Bind);

    /// <summary>The address at which the process itself is reached from its own machine.</summary>
    public IPAddress OwnAddress => IPAddress.IPv6Any.Equals(Address) || IPAddress.Any.Equals(Address) ? IPAddress.Loopback : Address;

    /// <summary>The library also reads "8080" and "127.1" as addresses; nobody means those.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    private sealed class BindAddressAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is string text
            && (text == Everywhere
                || IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text));
    }
}
