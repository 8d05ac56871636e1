using System.Security.Cryptography;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>The name under which the scripts count an envelope in <see cref="QueueKeys.Suspects"/>.</summary>
internal static class EnvelopeHash
{
    /// <summary>As Redis' <c>sha1hex</c> writes it.</summary>
    public static string Of(byte[] envelope) =>
#pragma warning disable CA5350 // Not for security: it has to be what the scripts can compute.
        Convert.ToHexStringLower(SHA1.HashData(envelope));
#pragma warning restore CA5350
}
