using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Sessions.Example;

/// <summary>How many untrusted sessions are usual.</summary>
internal sealed class UntrustedSessionOptions
{
    /// <summary>Above this number sessions count as too many; 1 to 1,000,000, default 100.</summary>
    [Setting("SESSION_UNTRUSTED_MAX"), Range(1, 1_000_000)]
    public int Most { get; set; } = 100;
}
